private import JSONBytes

package enum RequestPeek {
    package static func model(of body: [UInt8]) -> String? {
        guard case .object(let members)? = try? JSONValue(parsing: body), case .string(let id)? = members["model"] else {
            return nil
        }
        return id
    }
}
