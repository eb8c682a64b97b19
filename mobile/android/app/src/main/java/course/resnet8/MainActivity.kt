package course.resnet8

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.os.Bundle
import android.os.SystemClock
import android.view.Gravity
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import kotlin.concurrent.thread

/** One image, what the network takes it for, and how long that took. */
class MainActivity : Activity() {
    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        val image = assets.open("image.png").use { BitmapFactory.decodeStream(it) }
        val text = TextView(this).apply {
            setText(R.string.working)
            textSize = 20f
            gravity = Gravity.CENTER
        }
        val picture = ImageView(this).apply {
            setImageBitmap(image)
            contentDescription = getString(R.string.image)
        }
        setContentView(
            LinearLayout(this).apply {
                orientation = LinearLayout.VERTICAL
                gravity = Gravity.CENTER
                addView(picture, LinearLayout.LayoutParams(640, 640))
                addView(text)
            },
        )
        // Never on the main thread: a screen that waits for a network looks broken.
        thread {
            val said = try {
                answer(image)
            } catch (error: Exception) {
                getString(R.string.failed, error.message)
            }
            runOnUiThread { text.text = said }
        }
    }

    private fun answer(image: Bitmap): String {
        val start = SystemClock.elapsedRealtimeNanos()
        return Classifier(this).use { classifier ->
            val answer = classifier.classify(image)
            val first = (SystemClock.elapsedRealtimeNanos() - start) / 1e6
            val later = List(CALLS) {
                val begin = SystemClock.elapsedRealtimeNanos()
                classifier.classify(image)
                (SystemClock.elapsedRealtimeNanos() - begin) / 1e6
            }.sorted()[CALLS / 2]
            getString(R.string.answer, answer.label, 100 * answer.probability, first, later)
        }
    }

    private companion object {
        const val CALLS = 51
    }
}
