import XCTest

@testable import ResNet8

/// Does the package, on a Mac or a phone, say what its resources give in Python?
final class ClassifierTests: XCTestCase {
    func testTheShippedImageIsRecognized() async throws {
        let classifier = try await Classifier.load()
        let answer = try classifier.classify(Classifier.shippedImage())
        XCTAssertEqual(answer.label, "airplane")
        XCTAssertGreaterThan(answer.probability, 0.5)
    }

    func testTheProcessorAloneAgrees() async throws {
        let image = try Classifier.shippedImage()
        let all = try await Classifier.load().classify(image)
        let processor = try await Classifier.load(computeUnits: .cpuOnly).classify(image)
        XCTAssertEqual(all.label, processor.label)
        XCTAssertEqual(all.probability, processor.probability, accuracy: 0.05)
    }

    func testHowLongAnAnswerTakes() async throws {
        let classifier = try await Classifier.load()
        let image = try Classifier.shippedImage()
        measure {
            _ = try? classifier.classify(image)
        }
    }
}
