package models

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"sync"
)

// Spot is a spot of the earth in degrees.
type Spot struct{ Latitude, Longitude float64 }

// milesPerDegree is one degree of latitude.
const milesPerDegree = 69.09

// zipPlace is a row of zip_places.csv in small.
type zipPlace struct {
	zip                 uint32
	latitude, longitude float32
}

// zipPlaces are read when a ZIP code is asked about for the first time.
var zipPlaces = sync.OnceValue(readZIPPlaces)

func readZIPPlaces() []zipPlace {
	f, err := tables.Open("tables/zip_places.csv.gz")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		panic(err)
	}
	r := csv.NewReader(plain)
	r.ReuseRecord = true
	all := make([]zipPlace, 0, 34000)
	for line, err := r.Read(); err == nil; line, err = r.Read() {
		zip, err := strconv.ParseUint(line[0], 10, 32)
		if err != nil {
			continue // the header
		}
		latitude, _ := strconv.ParseFloat(line[1], 32)
		longitude, _ := strconv.ParseFloat(line[2], 32)
		all = append(all, zipPlace{uint32(zip), float32(latitude), float32(longitude)})
	}
	return all
}

// spot undoes what the small form lost: the table has thousandths.
func (z zipPlace) spot() Spot {
	return Spot{math.Round(float64(z.latitude)*1000) / 1000, math.Round(float64(z.longitude)*1000) / 1000}
}

// ZIP5 is the first five digits of a postal code, empty where it has not five.
func ZIP5(postal string) string {
	if len(postal) < 5 {
		return ""
	}
	for _, c := range postal[:5] {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return postal[:5]
}

// LookupZIP is where a ZIP code lies. Not all are known: some have no area.
func LookupZIP(postal string) (Spot, bool) {
	n, err := strconv.ParseUint(ZIP5(postal), 10, 32)
	if err != nil {
		return Spot{}, false
	}
	all := zipPlaces()
	i, ok := slices.BinarySearchFunc(all, uint32(n), func(z zipPlace, n uint32) int { return cmp.Compare(z.zip, n) })
	if !ok {
		return Spot{}, false
	}
	return all[i].spot(), true
}

// Around is a circle on the map in which a search looks.
type Around struct {
	Spot
	Miles float64
}

// Shrink is how much narrower a degree of longitude is than one of latitude.
func (a Around) Shrink() float64 { return math.Cos(a.Latitude * math.Pi / 180) }

// Radius2 is the square of the radius in degrees of latitude, the measure that
// a database can compare without knowing angles.
func (a Around) Radius2() float64 {
	return float64(a.Miles/milesPerDegree) * float64(a.Miles/milesPerDegree)
}

// Distance2 is the square of the distance in degrees of latitude, with the very
// operations of the store's SQL. Over a few hundred miles the earth is flat
// enough: the error is under one in a hundred.
func (a Around) Distance2(p Spot) float64 {
	north := p.Latitude - a.Latitude
	east := float64(p.Longitude-a.Longitude) * a.Shrink()
	return float64(north*north) + float64(east*east)
}

// MilesOf turns the square of a distance into miles, to a tenth.
func MilesOf(distance2 float64) float64 {
	return math.Round(math.Sqrt(distance2)*milesPerDegree*10) / 10
}

// NearZIP is a ZIP code with the square of its distance.
type NearZIP struct {
	ZIP       string
	Distance2 float64
}

// ZIPs lists the ZIP codes of the circle, the nearest first.
func (a Around) ZIPs() []NearZIP {
	var out []NearZIP
	r2 := a.Radius2()
	for _, z := range zipPlaces() {
		if d := a.Distance2(z.spot()); d <= r2 {
			s := strconv.FormatUint(uint64(z.zip), 10)
			out = append(out, NearZIP{"00000"[:5-len(s)] + s, d})
		}
	}
	slices.SortFunc(out, func(x, y NearZIP) int {
		return cmp.Or(cmp.Compare(x.Distance2, y.Distance2), cmp.Compare(x.ZIP, y.ZIP))
	})
	return out
}
