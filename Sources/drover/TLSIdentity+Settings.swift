import Gateway

extension TLSIdentity {
    /// What the settings say of TLS; nil if they say nothing of it. Files are read and checked.
    init?(_ reader: SettingReader) throws(SettingError) {
        let certificate = reader.text(.tlsCertificate)
        let key = reader.text(.tlsKey)
        let authority = reader.text(.tlsClientCa)
        guard certificate != nil || key != nil || authority != nil else { return nil }
        guard let certificate else {
            throw SettingError(key: .tlsCertificate, value: "", allowed: "the certificate of tlsKey")
        }
        guard let key else {
            throw SettingError(key: .tlsKey, value: "", allowed: "the private key of tlsCertificate")
        }
        do throws(Problem) {
            try self.init(certificate: certificate, key: key, clientAuthority: authority)
        } catch {
            switch error {
            case .certificate(let wanted):
                throw SettingError(key: .tlsCertificate, value: certificate, allowed: wanted)
            case .key(let wanted): throw SettingError(key: .tlsKey, value: key, allowed: wanted)
            case .clientAuthority(let wanted):
                throw SettingError(key: .tlsClientCa, value: authority ?? "", allowed: wanted)
            }
        }
    }
}
