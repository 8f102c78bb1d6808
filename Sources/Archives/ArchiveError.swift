/// Why a zip archive cannot be read.
package enum ArchiveError: Error, Equatable {
    case notAZip
    case damaged(String)
    /// Something that is allowed in zip files and not supported here.
    case unsupported(String)
    case tooLarge(limitBytes: Int)
}
