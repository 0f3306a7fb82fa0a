package api

import "rapport/models"

type regionIn struct {
	Region models.RegionKey `json:"region"`
	Side   *models.Side     `json:"side,omitempty" nullable:"true" doc:"left, right or both; a lateral region has one"`
}

func regionsOf(in []regionIn) []models.RegionSide {
	var out []models.RegionSide
	for _, r := range in {
		side := models.SideNone
		if r.Side != nil {
			side = *r.Side
		}
		out = append(out, models.RegionSide{Region: r.Region, Side: side})
	}
	return out
}
