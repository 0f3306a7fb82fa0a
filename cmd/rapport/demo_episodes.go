package main

import "rapport/models"

// demoEpisode is one client's course of care under one order.
type demoEpisode struct {
	client, provider int
	ago              int // weeks since the order
	total, done      int // visits ordered, visits done
	minutes          int
	per              int // sessions a week
	complaint        int // in demoComplaints
	reports          int // how many were sent
	read             bool
	by               string // owner or therapist
}

// demoEpisodes fill the year: full courses, short ones, some still running.
var demoEpisodes = []demoEpisode{
	{0, 0, 51, 10, 10, 45, 1, 0, 2, true, "therapist"}, {1, 0, 49, 8, 8, 30, 1, 1, 1, true, "owner"}, {2, 5, 48, 12, 12, 60, 2, 2, 2, true, "therapist"},
	{3, 6, 46, 6, 6, 45, 1, 3, 1, true, "owner"}, {4, 1, 45, 8, 7, 45, 1, 1, 1, true, "therapist"}, {5, 0, 43, 10, 10, 30, 2, 0, 2, true, "owner"},
	{6, 4, 42, 6, 6, 60, 1, 4, 1, true, "therapist"}, {7, 3, 40, 8, 8, 45, 1, 2, 1, true, "owner"}, {8, 5, 38, 10, 9, 45, 1, 0, 1, true, "therapist"},
	{9, 0, 36, 6, 6, 30, 1, 1, 1, true, "therapist"}, {10, 8, 35, 12, 10, 60, 1, 4, 1, true, "owner"}, {11, 2, 33, 8, 8, 45, 1, 0, 1, true, "therapist"},
	{12, 0, 31, 10, 10, 45, 2, 3, 1, true, "owner"}, {13, 6, 29, 6, 5, 60, 1, 2, 1, true, "therapist"}, {14, 5, 27, 8, 8, 45, 1, 1, 1, true, "owner"},
	{15, 0, 25, 12, 12, 30, 1, 0, 2, true, "therapist"}, {16, 7, 23, 6, 6, 45, 1, 4, 1, true, "therapist"}, {17, 5, 21, 10, 8, 60, 1, 2, 1, true, "owner"},
	{18, 0, 19, 8, 8, 45, 1, 1, 1, true, "therapist"}, {19, 6, 17, 6, 6, 45, 1, 0, 1, true, "owner"}, {20, 0, 14, 10, 10, 45, 1, 3, 1, true, "therapist"},
	{21, 5, 11, 12, 9, 60, 1, 2, 1, true, "owner"}, {22, 4, 9, 8, 7, 45, 1, 0, 1, false, "therapist"}, {23, 0, 8, 10, 7, 30, 1, 1, 1, false, "therapist"},
	{24, 6, 7, 8, 6, 45, 1, 4, 0, false, "owner"}, {25, 5, 5, 6, 4, 45, 1, 3, 0, false, "therapist"},
}

// demoComplaint is what a course of care is about.
type demoComplaint struct {
	diagnoses  []string
	regions    []models.RegionSide
	instrument models.InstrumentKey
	baseline   float64 // of the instrument
	step       float64 // change from one reading to the next
	region     models.RegionKey
	focus      string
	complaint  string
	found      string
}

var demoComplaints = []demoComplaint{
	{[]string{"M54.2"}, []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, models.NDI, 24, -5, "neck",
		"The joints of the upper neck carry the headaches; work on legs would not reach them.",
		"neck stiff on turning, worse after the day at the desk", "tender upper trapezius and levator, rotation limited to the left"},
	{[]string{"M54.2", "G44.209"}, []models.RegionSide{{Region: "neck", Side: models.SideLeft}}, models.NDI, 19, -4, "neck",
		"One thing at a time: the left side of the neck first.",
		"headache from the left side of the neck, three days this week", "trigger points in the left suboccipitals reproduce the headache"},
	{[]string{"M54.50"}, []models.RegionSide{{Region: "low_back", Side: models.SideBoth}, {Region: "gluteal", Side: models.SideBoth}}, models.ODI, 42, -7, "low_back",
		"The low back has to calm down before we load the hips.",
		"low back aches on standing up, better when walking", "guarded lumbar extensors, hip rotation equal on both sides"},
	{[]string{"M25.511"}, []models.RegionSide{{Region: "shoulder", Side: models.SideRight}}, models.QuickDASH, 52, -8, "shoulder",
		"The shoulder needs room; strength comes later.",
		"right shoulder catches on reaching overhead", "tight posterior cuff, abduction painful from 90 degrees"},
	{[]string{"M17.12"}, []models.RegionSide{{Region: "knee", Side: models.SideLeft}, {Region: "thigh", Side: models.SideLeft}}, models.LEFS, 38, 6, "knee",
		"The knee follows the thigh; both are in the plan.",
		"left knee stiff on stairs in the morning", "vastus lateralis dense, patella moves freely"},
}
