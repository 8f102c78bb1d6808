import Logging
import Observability
import Synchronization
import Testing

struct LineLogHandlerTests {
    private final class Lines: Sendable {
        private let written = Mutex("")
        func append(_ bytes: [UInt8]) { written.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
        var text: String { written.withLock { $0 } }
    }

    private struct Failure: Error {}

    private static func logger(_ form: LogForm, into lines: Lines) -> Logger {
        var logger = Logger(label: "gateway") { label in
            LineLogHandler(
                label: label, form: form, level: .debug,
                metadataProvider: Logger.MetadataProvider { ["request": "7", "own": "provided"] },
                clock: { WallTime(seconds: 1_769_860_805, milliseconds: 42) }, output: lines.append)
        }
        logger[metadataKey: "own"] = "handler"
        return logger
    }

    @Test func writesTextLines() {
        let lines = Lines()
        let logger = Self.logger(.text, into: lines)
        logger.info("A request was served.", metadata: ["tokens": "\(12)", "path": "a b", "ids": ["1", "2"]])
        logger.trace("not written")
        logger.error("one\ntwo \"three\"", metadata: ["own": "", "x": "\u{1b}[0m"])
        #expect(
            lines.text == #"""
                2026-01-31T12:00:05.042Z info gateway: A request was served. \#
                ids=["1","2"] own=provided path="a b" request=7 tokens=12
                2026-01-31T12:00:05.042Z error gateway: "one\ntwo \"three\"" own="" request=7 x="\u001b[0m"

                """#)
    }

    @Test func writesJSONLines() {
        let lines = Lines()
        let logger = Self.logger(.json, into: lines)
        logger.warning("one\ntwo \"three\"", metadata: ["own": ["b": "1", "a": ["x"]]])
        logger.log(level: .error, "It failed.", error: Failure())
        #expect(
            lines.text
                == #"{"time":"2026-01-31T12:00:05.042Z","level":"warning","logger":"gateway","#
                + #""message":"one\ntwo \"three\"","metadata":{"own":{"a":["x"],"b":"1"},"request":"7"}}"# + "\n"
                + #"{"time":"2026-01-31T12:00:05.042Z","level":"error","logger":"gateway","message":"It failed.","#
                + #""metadata":{"error":"Failure()","own":"provided","request":"7"}}"# + "\n")
    }

    @Test(arguments: LogForm.allCases)
    func leavesSecretsOut(_ form: LogForm) {
        let lines = Lines()
        let logger = Self.logger(form, into: lines)
        logger.info(
            "A request came.",
            metadata: ["Authorization": "Bearer hunter2", "headers": ["X-API-Key": ["hunter2"], "accept": "*/*"]])
        #expect(!lines.text.contains("hunter2"))
        #expect(lines.text.contains("<secret>"))
        #expect(lines.text.contains("*/*"))
    }
}
