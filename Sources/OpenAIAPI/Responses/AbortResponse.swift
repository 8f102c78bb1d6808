private import JSONBytes

/// Which requests were under way and have been ended, and which were not.
package struct AbortResponse: Sendable, Equatable {
    package var aborted: [String]
    package var notFound: [String]

    package init(aborted: [String], notFound: [String]) {
        self.aborted = aborted
        self.notFound = notFound
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.raw(#"{"aborted":"#)
        writer.write(.array(aborted.map(JSONValue.string)))
        writer.raw(#","not_found":"#)
        writer.write(.array(notFound.map(JSONValue.string)))
        writer.raw("}")
        bytes += writer.bytes
    }
}
