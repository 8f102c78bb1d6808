#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The process's standard error.
package enum StandardError {
    /// Writes bytes with one system call if the system takes them at once. What it refuses is lost: there is nowhere
    /// left to say so.
    package static func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(UnsafeRawBufferPointer(rebasing: rest))
                if count < 0 { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// How many bytes the system took; negative if it refused.
    private static func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
            #elseif canImport(Musl)
                let count = Musl.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
            #else
                let count = Darwin.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
