/// Numbers that look random and depend on nothing but a seed and a place: SplitMix64 (Steele, Lea and Flood, 2014).
enum MockNumbers {
    static func number(seed: UInt64, at place: UInt64) -> UInt64 {
        var mixed = seed &+ (place &+ 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in [0, 1).
    static func unit(seed: UInt64, at place: UInt64) -> Double {
        Double(number(seed: seed, at: place) >> 11) * 0x1p-53
    }
}
