"""What lab 09's exercises should come to, in numpy: the supervisor's side of every comparison.

Logits are (n, k): n images, k classes. T is the temperature; alpha weighs the SOFT loss everywhere.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

# For answers that compute in float32, as TensorFlow does. Over 60 draws of each check that uses it,
# the reference and seven answers written differently used up at most 7 % of this tolerance.
FLOAT32 = {"rtol": 1e-4, "atol": 1e-6}


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Softened probabilities (n, k), each row summing to 1."""
    return np.exp(log_softmax(logits, temperature))


def log_softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Logarithms of the softened probabilities (n, k)."""
    scaled = np.asarray(logits, np.float64) / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    return scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))


def dark_knowledge(logits: np.ndarray, labels: np.ndarray, temperature: float) -> np.ndarray:
    """(k, k): what a teacher says of the classes that an image is not, averaged by true class."""
    classes = logits.shape[1]
    wrong = softmax(logits, temperature)
    wrong[np.arange(len(labels)), labels] = 0.0
    wrong /= wrong.sum(axis=1, keepdims=True)
    table = np.zeros((classes, classes))
    for label in np.unique(labels):
        table[label] = wrong[labels == label].mean(axis=0)
    return table


def cross_entropy(logits: np.ndarray, labels: np.ndarray, temperature: float = 1.0) -> float:
    """Mean over the images of -log of the probability of the label, in nats."""
    return float(-log_softmax(logits, temperature)[np.arange(len(labels)), labels].mean())


def divergence(teacher: np.ndarray, student: np.ndarray, temperature: float) -> float:
    """Mean over the images of KL(teacher at T || student at T), in nats."""
    log_p, log_q = log_softmax(teacher, temperature), log_softmax(student, temperature)
    return float((np.exp(log_p) * (log_p - log_q)).sum(axis=1).mean())


def distillation_loss(
    student: np.ndarray, teacher: np.ndarray, labels: np.ndarray, temperature: float, alpha: float
) -> float:
    """alpha · T² · KL(teacher at T || student at T) + (1 - alpha) · cross-entropy at T = 1."""
    soft = temperature**2 * divergence(teacher, student, temperature)
    return alpha * soft + (1 - alpha) * cross_entropy(student, labels)


def soft_loss_gradient(student: np.ndarray, teacher: np.ndarray, temperature: float) -> np.ndarray:
    """(n, k): derivative of T² · (mean KL) by the student's logits; T may be infinite."""
    n, classes = student.shape
    if np.isinf(temperature):
        difference = student - teacher
        return (difference - difference.mean(axis=1, keepdims=True)) / (n * classes)
    return temperature * (softmax(student, temperature) - softmax(teacher, temperature)) / n


def reversed_loss_gradient(
    student: np.ndarray, teacher: np.ndarray, temperature: float
) -> np.ndarray:
    """(n, k): the same for T² · mean KL(student || teacher), the divergence the wrong way round."""
    log_q, log_p = log_softmax(student, temperature), log_softmax(teacher, temperature)
    q, ratio = np.exp(log_q), log_q - log_p
    return temperature * q * (ratio - (q * ratio).sum(axis=1, keepdims=True)) / len(student)


def hard_loss_gradient(student: np.ndarray, labels: np.ndarray, temperature: float) -> np.ndarray:
    """(n, k): derivative of the mean cross-entropy at `temperature` by the student's logits."""
    n, classes = student.shape
    return (softmax(student, temperature) - np.eye(classes)[labels]) / (n * temperature)


def distilled_step(
    weights: np.ndarray,
    bias: np.ndarray,
    images: np.ndarray,
    labels: np.ndarray,
    teacher_logits: np.ndarray,
    *,
    temperature: float,
    alpha: float,
    rate: float,
    soft_factor: float = 1.0,
    hard_temperature: float = 1.0,
    backwards: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (d, k) and bias (k,) of the student `images @ weights + bias` after one SGD step.

    soft_factor and hard_temperature are 1; other values, and `backwards` (the divergence reversed),
    make the wrong steps that checks name.
    """
    logits = images @ weights + bias
    soft_gradient = reversed_loss_gradient if backwards else soft_loss_gradient
    soft = soft_gradient(logits, teacher_logits, temperature)
    hard = hard_loss_gradient(logits, labels, hard_temperature)
    slope = alpha * soft_factor * soft + (1 - alpha) * hard
    return weights - rate * images.T @ slope, bias - rate * slope.sum(axis=0)


def omitted_class_bias(
    logits: np.ndarray, labels: np.ndarray, missing: int, candidates: np.ndarray
) -> float:
    """The candidate that, added to one class's logits, gives most right answers.

    Of candidates that are equally good it is the one nearest to 0.
    """
    scores = []
    for bias in candidates:
        moved = logits.copy()
        moved[:, missing] += bias
        scores.append((np.count_nonzero(moved.argmax(axis=1) == labels), -abs(bias)))
    return float(candidates[max(range(len(scores)), key=scores.__getitem__)])


def paired_interval(
    distilled: np.ndarray, scratch: np.ndarray, confidence: float
) -> tuple[float, float, float]:
    """(mean difference, low, high): the t interval of the mean of the paired differences."""
    differences = np.asarray(distilled, np.float64) - np.asarray(scratch, np.float64)
    n, mean = len(differences), float(differences.mean())
    half = stdtrit(n - 1, (1 + confidence) / 2) * differences.std(ddof=1) / np.sqrt(n)
    return mean, mean - float(half), mean + float(half)


def verdict(low: float, high: float) -> str:
    """What an interval of the difference "distilled - scratch" allows one to say."""
    if low > 0:
        return "helped"
    return "hurt" if high < 0 else "no significant difference"
