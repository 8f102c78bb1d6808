import ChatClient
import Dispatch
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The three standard streams: answers go to standard output, and all else to standard error.
struct Terminal: Sendable {
    /// Whether standard input is a terminal.
    let readsFromPerson = isatty(STDIN_FILENO) == 1
    /// Whether standard error is a terminal, so that somebody sees what is no answer.
    let notesToPerson = isatty(STDERR_FILENO) == 1
    private let answersToPerson = isatty(STDOUT_FILENO) == 1
    private let hasColors: Bool
    /// Whether standard output is a terminal with colors.
    let answersInColor: Bool

    init() {
        let environment = ProcessInfo.processInfo.environment
        let allowsColors = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        hasColors = notesToPerson && allowsColors
        answersInColor = answersToPerson && allowsColors
    }

    /// Writes a part of an answer: as it is, unless a terminal would act on its control characters.
    func answer(_ text: String) throws {
        try write(answersToPerson ? TerminalText.harmless(text) : text, to: STDOUT_FILENO)
    }

    /// Writes what has been made for standard output, escape sequences too.
    func show(_ text: String) throws { try write(text, to: STDOUT_FILENO) }

    /// Writes what is no answer. If nobody reads it, it is lost.
    func note(_ text: String) {
        try? write(TerminalText.harmless(text), to: STDERR_FILENO)
    }

    /// Writes what is no answer, in a pale colour if there are colours.
    func pale(_ text: String) {
        let text = TerminalText.harmless(text)
        try? write(hasColors ? "\u{1B}[2m\(text)\u{1B}[0m" : text, to: STDERR_FILENO)
    }

    /// The next line without its line break, after a prompt; nil at the end of the input.
    func line(prompt: String) async -> String? {
        note(prompt)
        // A thread of its own blocks, so that the tasks that see to Ctrl-C have theirs.
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: readLine()) }
        }
    }

    /// All of standard input.
    func readAll(byteLimit: Int) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure("cannot read standard input: \(Self.systemError)") }
            guard count > 0 else { break }
            guard bytes.count + count <= byteLimit else { throw InputTooLong(bytes: byteLimit) }
            bytes.append(contentsOf: buffer[..<count])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure("standard input is not UTF-8")
        }
        return text
    }

    private func write(_ text: String, to stream: Int32) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = systemWrite(stream, part.baseAddress, part.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw CommandFailure("cannot write the answer: \(Self.systemError)") }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static var systemError: String { String(cString: strerror(errno)) }
}

/// The system's `write`, which a method of that name would hide.
private let systemWrite: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = write
