/// How a protobuf field's value is written. Groups, which no engine uses, are not among them.
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}
