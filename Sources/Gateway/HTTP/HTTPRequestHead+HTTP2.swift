import NIOHPACK
import NIOHTTP1

extension HTTPRequestHead {
    /// A request's head in HTTP/2, whose fields have been checked by the framing.
    init(_ fields: HPACKHeaders) {
        var method = HTTPMethod.GET
        // Absent in CONNECT alone.
        var path = ""
        var headers = HTTPHeaders()
        headers.reserveCapacity(fields.count)
        for (name, value, _) in fields {
            switch name {
            case ":method": method = HTTPMethod(rawValue: value)
            case ":path": path = value
            case _ where name.utf8.first == UInt8(ascii: ":"): break
            default: headers.add(name: name, value: value)
            }
        }
        self.init(version: .http2, method: method, uri: path, headers: headers)
    }
}
