package models

import "slices"

// InstrumentKey names an outcome instrument.
type InstrumentKey string

// The instruments.
const (
	NPRS      InstrumentKey = "nprs"
	VAS100    InstrumentKey = "vas100"
	NDI       InstrumentKey = "ndi"
	ODI       InstrumentKey = "odi"
	PSFS      InstrumentKey = "psfs"
	RMDQ      InstrumentKey = "rmdq"
	QuickDASH InstrumentKey = "quickdash"
	LEFS      InstrumentKey = "lefs"
	GRC15     InstrumentKey = "grc15"
	GRC11     InstrumentKey = "grc11"
	ROM       InstrumentKey = "rom"
)

// Instrument is what we know of an outcome instrument. The wording of its
// items is not ours and not here; WordingFree says whether it may be shown.
type Instrument struct {
	Key          InstrumentKey `json:"key"`
	Name         string        `json:"name"`
	Unit         string        `json:"unit"`
	Min          float64       `json:"min"`
	Max          float64       `json:"max"`
	Whole        bool          `json:"whole"` // a value is a whole number
	HigherBetter bool          `json:"higher_better"`
	Items        int           `json:"items"` // answers on the form; 0 when there is only a value
	ItemMin      int           `json:"item_min"`
	ItemMax      int           `json:"item_max"`
	AnsweredMin  int           `json:"answered_min"`
	LOINC        string        `json:"loinc,omitempty"`
	WordingFree  bool          `json:"wording_free"`
	Citation     string        `json:"citation"`
	scoring      string
}

// RatesChange says that a reading is itself a change since the start of care,
// so it is never compared with another reading.
func (i Instrument) RatesChange() bool { return i.Key == GRC15 || i.Key == GRC11 }

var instruments = readInstruments()

func readInstruments() []Instrument {
	var all []Instrument
	for _, r := range readTable("instruments.csv") {
		all = append(all, Instrument{Key: InstrumentKey(r["key"]), Name: r["name"], Unit: r["unit"],
			Min: r.must("min"), Max: r.must("max"), Whole: r.yes("whole"), HigherBetter: r["better"] == "higher",
			Items: int(r.must("items")), ItemMin: int(r.must("item_min")), ItemMax: int(r.must("item_max")),
			AnsweredMin: int(r.must("answered_min")), LOINC: r["loinc"], WordingFree: r["wording"] == "free",
			Citation: r["citation"], scoring: r["scoring"]})
	}
	return all
}

// Instruments returns all instruments in the order of the table.
func Instruments() []Instrument { return slices.Clone(instruments) }

// LookupInstrument finds an instrument by key.
func LookupInstrument(key InstrumentKey) (Instrument, bool) {
	i := slices.IndexFunc(instruments, func(i Instrument) bool { return i.Key == key })
	if i < 0 {
		return Instrument{}, false
	}
	return instruments[i], true
}

// Motion is a movement of a region that range of motion is measured for. The
// reference is context for the reader, never a verdict: motion falls with age
// and published tables differ.
type Motion struct {
	Region    RegionKey `json:"region"`
	Motion    string    `json:"motion"`
	Label     string    `json:"label"`
	Sided     bool      `json:"sided"`
	Reference int       `json:"reference"` // degrees
	Source    string    `json:"source"`
}

var motions = readMotions()

func readMotions() []Motion {
	var all []Motion
	for _, r := range readTable("range_of_motion.csv") {
		all = append(all, Motion{RegionKey(r["region"]), r["motion"], r["label"], r.yes("sided"), int(r.must("reference")), r["source"]})
	}
	return all
}

// Motions returns all motions in the order of the table.
func Motions() []Motion { return slices.Clone(motions) }

// LookupMotion finds a motion of a region.
func LookupMotion(region RegionKey, motion string) (Motion, bool) {
	i := slices.IndexFunc(motions, func(m Motion) bool { return m.Region == region && m.Motion == motion })
	if i < 0 {
		return Motion{}, false
	}
	return motions[i], true
}
