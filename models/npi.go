package models

// ValidNPI checks the form of a National Provider Identifier: ten digits, the
// first 1 or 2, and the Luhn check digit over the prefix 80840 (45 CFR 162.406).
// It proves nothing about the person. The 15-digit card form is refused.
func ValidNPI(s string) bool {
	if len(s) != 10 || s[0] != '1' && s[0] != '2' {
		return false
	}
	sum := 24 // what the prefix 80840 adds
	for i := range len(s) {
		d := int(s[i] - '0')
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
