import CoreGraphics
import CoreML
import Foundation
import ImageIO

/// What the network says to an image: a class, and its probability from 0 to 1.
public struct Answer: Equatable, Sendable {
    public let label: String
    public let probability: Double
}

public enum ClassifierError: Error {
    case missing(String)  // a resource, an input or an output, by name
    case labels(Int, Int)  // names, and what the model gives
}

/// The int8 ResNet-8 of the package.
public final class Classifier {
    private let model: MLModel
    private let labels: [String]
    private let constraint: MLImageConstraint

    /// Compiles the model at the first call of an installation, and loads it.
    public static func load(computeUnits: MLComputeUnits = .all) async throws -> Classifier {
        let configuration = MLModelConfiguration()
        configuration.computeUnits = computeUnits
        let compiled = try await compiledModel()
        let model = try await MLModel.load(contentsOf: compiled, configuration: configuration)
        return try Classifier(model: model)
    }

    init(model: MLModel) throws {
        let text = try String(contentsOf: resource("labels", "txt"), encoding: .utf8)
        let input = model.modelDescription.inputDescriptionsByName["image"]
        guard let constraint = input?.imageConstraint else {
            throw ClassifierError.missing("image")
        }
        self.model = model
        self.constraint = constraint
        labels = text.split(whereSeparator: \.isNewline).map(String.init)
    }

    /// Which class an image shows; any size. Core ML scales it to what the model takes.
    public func classify(_ image: CGImage) throws -> Answer {
        let value = try MLFeatureValue(cgImage: image, constraint: constraint, options: nil)
        let input = try MLDictionaryFeatureProvider(dictionary: ["image": value])
        let output = try model.prediction(from: input)
        guard let logits = output.featureValue(for: "logits")?.multiArrayValue else {
            throw ClassifierError.missing("logits")
        }
        guard logits.count == labels.count else {
            throw ClassifierError.labels(labels.count, logits.count)
        }
        let values = (0..<logits.count).map { logits[$0].doubleValue }
        let largest = values.max() ?? 0
        let powers = values.map { exp($0 - largest) }
        let best = values.firstIndex(of: largest) ?? 0
        return Answer(label: labels[best], probability: powers[best] / powers.reduce(0, +))
    }

    /// The image that is shipped for tests.
    public static func shippedImage() throws -> CGImage {
        let url = try resource("image", "png")
        guard let source = CGImageSourceCreateWithURL(url as CFURL, nil),
            let image = CGImageSourceCreateImageAtIndex(source, 0, nil)
        else {
            throw ClassifierError.missing("image.png")
        }
        return image
    }

    /// Where the compiled model is kept: compiling costs time, once for each version of the package.
    private static func compiledModel() async throws -> URL {
        let files = FileManager.default
        let version = Bundle.main.infoDictionary?["CFBundleVersion"] as? String ?? "0"
        let folder = try files.url(
            for: .cachesDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        let kept = folder.appendingPathComponent("ResNet8-\(version).mlmodelc")
        if !files.fileExists(atPath: kept.path) {
            let fresh = try await MLModel.compileModel(at: resource("ResNet8", "mlpackage"))
            try files.moveItem(at: fresh, to: kept)
        }
        return kept
    }
}

private func resource(_ name: String, _ ending: String) throws -> URL {
    guard let url = Bundle.module.url(forResource: name, withExtension: ending) else {
        throw ClassifierError.missing("\(name).\(ending)")
    }
    return url
}
