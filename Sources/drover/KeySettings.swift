import AccessKeys
import Configuration
import Gateway
import Logging

/// Whom a service lets in: the keys of its clients.
///
/// Configuration keys
/// - `apiKeysFile` (path, optional): a file of keys, one a line: `NAME KEY [ROLE]` or `NAME sha256:DIGEST [ROLE]`. The
///   roles are user, which is the default, admin and metrics. It is read again when it changes.
/// - `serverApiKey` (secret, optional): one more key, for everything; not on the command line, where others see it.
///
/// Without both everyone is let in.
struct KeySettings {
    /// What clients are known by.
    let authenticator: KeyAuthenticator
    /// Keeps the keys as the file has them; nil without one.
    let watcher: KeyFileWatcher?

    /// The name of the one who has the key that is no file's.
    private static let serverName = "server"

    /// Nil if the settings name no keys.
    init?(_ reader: SettingReader) throws(SettingError) {
        let path = reader.text(.apiKeysFile)
        let key = reader.given(.serverApiKey)
        guard path != nil || key != nil else { return nil }
        var ring = KeyRing()
        if let key {
            do throws(KeyFileError) {
                try ring.add(Array(key.utf8), of: Principal(name: Self.serverName, role: .admin))
            } catch {
                throw SettingError(key: .serverApiKey, value: "(not shown)", allowed: "a key: \(error)")
            }
        }
        guard let path else {
            authenticator = KeyAuthenticator(KeyStore(ring))
            watcher = nil
            return
        }
        do throws(KeyFileError) {
            let bytes = try KeyFileWatcher.read(path)
            let store = KeyStore(try ring.adding(file: bytes))
            authenticator = KeyAuthenticator(store)
            watcher = KeyFileWatcher(path: path, store: store, watch: KeyFileWatch(base: ring, file: bytes))
        } catch {
            throw SettingError(key: .apiKeysFile, value: path, allowed: "a file of keys: \(error)")
        }
    }
}

extension SettingReader {
    /// A value that must not be shown, as it is given: an empty one too, which is most likely a mistake that would leave
    /// the door open.
    fileprivate func given(_ key: SettingKey) -> String? { config.string(forKey: key.configKey, isSecret: true) }
}
