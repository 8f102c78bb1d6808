/// What `loop` can tell.
enum LoopAttribute: String {
    case index, index0, first, last, length, revindex, revindex0, previtem, nextitem, depth, depth0
}
