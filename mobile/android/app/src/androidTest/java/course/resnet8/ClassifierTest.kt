package course.resnet8

import android.graphics.BitmapFactory
import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith

/** Does the app, on a device, say what its assets give in Python? */
@RunWith(AndroidJUnit4::class)
class ClassifierTest {
    @Test
    fun theShippedImageIsRecognized() {
        val context = InstrumentationRegistry.getInstrumentation().targetContext
        val image = context.assets.open("image.png").use { BitmapFactory.decodeStream(it) }
        Classifier(context).use { classifier ->
            val answer = classifier.classify(image)
            assertEquals("airplane", answer.label)
            assertTrue(answer.probability > 0.5f)
            assertEquals(answer, classifier.classify(image))
        }
    }
}
