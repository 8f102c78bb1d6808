import JSONBytes
package import ServingModel

/// What every response to one request, and every chunk of a streamed one, says of itself.
package struct ResponseHead: Sendable, Equatable {
    /// The shape of an endpoint's responses.
    package enum Form: Sendable {
        case chat
        case completion

        /// The `object` of a chunk.
        var chunkName: StaticString {
            switch self {
            case .chat: "chat.completion.chunk"
            case .completion: "text_completion"
            }
        }

        /// The `object` of a whole response.
        var wholeName: StaticString {
            switch self {
            case .chat: "chat.completion"
            case .completion: "text_completion"
            }
        }
    }

    package var form: Form
    /// The response's name, with its prefix: `chatcmpl-…` or `cmpl-…`.
    package var id: String
    /// Seconds since 1970, the same in all chunks.
    package var created: Int
    package var model: ModelID
    /// Stands for everything on the server's side that changes outputs; nil leaves it out.
    package var systemFingerprint: String?

    package init(form: Form, id: String, created: Int, model: ModelID, systemFingerprint: String?) {
        self.form = form
        self.id = id
        self.created = created
        self.model = model
        self.systemFingerprint = systemFingerprint
    }

    /// Appends the members up to and with `"choices":[`, from the opening brace on.
    func append(object: StaticString, to writer: inout JSONWriter) {
        writer.raw(#"{"id":"#)
        writer.write(id)
        writer.raw(#","object":""#)
        writer.raw(object)
        writer.raw(#"","created":"#)
        writer.write(created)
        writer.raw(#","model":"#)
        writer.write(model.rawValue)
        if let systemFingerprint {
            writer.raw(#","system_fingerprint":"#)
            writer.write(systemFingerprint)
        }
        writer.raw(#","choices":["#)
    }
}
