package course.resnet8

import android.content.Context
import android.graphics.Bitmap
import org.tensorflow.lite.DataType
import org.tensorflow.lite.Interpreter
import java.io.FileInputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.channels.FileChannel
import kotlin.math.exp
import kotlin.math.roundToInt

/** What the network says to an image: a class, and its probability from 0 to 1. */
data class Answer(val label: String, val probability: Float)

/**
 * The int8 ResNet-8 of the assets. Not for several threads at once; `close` gives its memory back.
 */
class Classifier(context: Context, threads: Int = 2) : AutoCloseable {
    private val labels =
        context.assets.open("labels.txt").bufferedReader().use { it.readLines() }.filter { it.isNotBlank() }
    private val interpreter =
        Interpreter(mapped(context, "model.tflite"), Interpreter.Options().setNumThreads(threads))
    private val height = interpreter.getInputTensor(0).shape()[1]
    private val width = interpreter.getInputTensor(0).shape()[2]
    private val input = ByteBuffer.allocateDirect(height * width * 3).order(ByteOrder.nativeOrder())
    private val output = ByteBuffer.allocateDirect(labels.size).order(ByteOrder.nativeOrder())

    init {
        for (tensor in listOf(interpreter.getInputTensor(0), interpreter.getOutputTensor(0))) {
            require(tensor.dataType() == DataType.INT8) { "${tensor.name()} is ${tensor.dataType()}" }
        }
        require(interpreter.getInputTensor(0).numBytes() == input.capacity()) { "not an RGB image" }
        require(interpreter.getOutputTensor(0).numBytes() == labels.size) { "other labels" }
    }

    /** Which class an image shows; any size, no transparency. */
    fun classify(image: Bitmap): Answer {
        val small = Bitmap.createScaledBitmap(image, width, height, true)
        val pixels = IntArray(height * width)
        small.getPixels(pixels, 0, width, 0, 0, width, height)

        val map = interpreter.getInputTensor(0).quantizationParams()
        input.rewind()
        for (pixel in pixels) {
            for (shift in intArrayOf(16, 8, 0)) { // red, green, blue
                val value = (pixel shr shift and 0xFF) / 255f
                val integer = (value / map.scale).roundToInt() + map.zeroPoint
                input.put(integer.coerceIn(-128, 127).toByte())
            }
        }

        input.rewind()
        output.rewind()
        interpreter.run(input, output)

        val back = interpreter.getOutputTensor(0).quantizationParams()
        val logits = FloatArray(labels.size) { (output.get(it) - back.zeroPoint) * back.scale }
        val largest = logits.max()
        val powers = logits.map { exp(it - largest) }
        val best = logits.indices.maxBy { logits[it] }
        return Answer(labels[best], powers[best] / powers.sum())
    }

    override fun close() = interpreter.close()

    /** An asset's bytes where they lie in the package: nothing is read before it is needed. */
    private fun mapped(context: Context, name: String): ByteBuffer =
        context.assets.openFd(name).use { asset ->
            FileInputStream(asset.fileDescriptor).use { stream ->
                stream.channel.map(FileChannel.MapMode.READ_ONLY, asset.startOffset, asset.declaredLength)
            }
        }
}
