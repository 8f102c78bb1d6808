import AccessKeys
import Foundation
import Logging
import ServiceLifecycle

/// Looks at a file of keys now and then, so that keys change without a restart.
struct KeyFileWatcher: Service {
    let path: String
    let store: KeyStore
    let watch: KeyFileWatch

    private static let interval = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            let logger = Logger(label: "drover.keys")
            var watch = watch
            while (try? await ContinuousClock().sleep(for: Self.interval)) != nil {
                switch watch.note(Self.look(path)) {
                case .none: break
                case .adopt(let ring):
                    store.replace(with: ring)
                    logger.notice("The keys have changed.", metadata: ["file": "\(path)", "keys": "\(ring.count)"])
                case .complain(let error):
                    logger.error(
                        "The file of keys cannot be used; the keys stay as they were.",
                        metadata: ["file": "\(path)", "reason": "\(error)"])
                }
            }
        }
    }

    private static func look(_ path: String) -> Result<[UInt8], KeyFileError> {
        do throws(KeyFileError) {
            return .success(try read(path))
        } catch {
            return .failure(error)
        }
    }

    /// Reads the file, and no more of it than a file of keys may have. It is not mapped: it may be cut meanwhile.
    static func read(_ path: String) throws(KeyFileError) -> [UInt8] {
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            return Array(try file.read(upToCount: KeyLimits.fileBytes + 1) ?? Data())
        } catch {
            throw KeyFileError("it cannot be read: \(error.localizedDescription)")
        }
    }
}
