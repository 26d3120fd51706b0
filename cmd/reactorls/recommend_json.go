package main

import (
	"reactorls/engine/advise"
)

// The types below are the public contract of recommend --format json;
// recommend.schema.json describes them. Lists are never null.

type jsonRecommendation struct {
	Version    int                 `json:"version"`
	Title      string              `json:"title"`
	Answers    map[string][]string `json:"answers"`
	Primary    jsonCandidate       `json:"primary"`
	Fallback   jsonCandidate       `json:"fallback"`
	Candidates []jsonCandidate     `json:"candidates"`
	Changes    []jsonChange        `json:"changes"`
	Files      []jsonFile          `json:"files"`
	Sections   []jsonSection       `json:"sections"`
}

type jsonCandidate struct {
	Name     string       `json:"name"`
	Title    string       `json:"title"`
	Crate    string       `json:"crate"`
	Version  string       `json:"version"`
	Points   int          `json:"points"`
	Reasons  []jsonReason `json:"reasons"`
	Excluded []jsonReason `json:"excluded"`
}

type jsonReason struct {
	jsonStatement
	Points    int      `json:"points"`
	Questions []string `json:"questions"`
}

type jsonStatement struct {
	Is     string `json:"is"`
	Source string `json:"source"`
	Basis  string `json:"basis"`
}

type jsonChange struct {
	Question string   `json:"question"`
	From     []string `json:"from"`
	To       []string `json:"to"`
	Primary  string   `json:"primary"`
}

type jsonFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

type jsonSection struct {
	ID         string           `json:"id"`
	Title      string           `json:"title"`
	Statements []jsonStatement  `json:"statements"`
	Crates     []jsonCompatible `json:"crates"`
	Compared   *jsonComparison  `json:"compared,omitempty"`
	Files      []jsonFile       `json:"files"`
}

type jsonCompatible struct {
	jsonStatement
	Crate string `json:"crate"`
	Fit   string `json:"fit"`
}

func jsonRecommendationOf(r *advise.Recommendation) jsonRecommendation {
	j := jsonRecommendation{
		Version: jsonVersion, Title: r.Title, Answers: r.Case.Answers,
		Primary: jsonCandidateOf(r.Primary), Fallback: jsonCandidateOf(r.Fallback),
		Candidates: []jsonCandidate{}, Changes: []jsonChange{}, Files: []jsonFile{}, Sections: []jsonSection{},
	}
	for _, c := range r.All {
		j.Candidates = append(j.Candidates, jsonCandidateOf(c))
	}
	for _, c := range r.Changes {
		j.Changes = append(j.Changes, jsonChange{c.Question, c.From, c.To, c.Primary.Name})
	}
	for _, path := range r.Start.Paths() {
		j.Files = append(j.Files, jsonFile{path, r.Start.Files[path]})
	}
	for _, s := range r.Sections {
		j.Sections = append(j.Sections, jsonSectionOf(s))
	}
	return j
}

func jsonCandidateOf(c *advise.Judged) jsonCandidate {
	j := jsonCandidate{Name: c.Name, Title: c.Title, Crate: c.Crate, Version: c.Requirement, Points: c.Points, Reasons: []jsonReason{}, Excluded: []jsonReason{}}
	for _, r := range c.Reasons {
		j.Reasons = append(j.Reasons, jsonReason{jsonStatementOf(r.Statement), r.Points, list(r.Questions)})
	}
	for _, r := range c.Excluded {
		j.Excluded = append(j.Excluded, jsonReason{jsonStatementOf(r.Statement), r.Points, list(r.Questions)})
	}
	return j
}

func jsonStatementOf(s advise.Statement) jsonStatement {
	return jsonStatement{s.Is, s.Source, string(s.Basis)}
}

func jsonSectionOf(s advise.Section) jsonSection {
	j := jsonSection{ID: s.ID, Title: s.Title, Statements: []jsonStatement{}, Crates: []jsonCompatible{}, Files: []jsonFile{}}
	for _, st := range s.Statements {
		j.Statements = append(j.Statements, jsonStatementOf(st))
	}
	for _, c := range s.Crates {
		j.Crates = append(j.Crates, jsonCompatible{jsonStatementOf(c.How), c.Crate, string(c.Fit)})
	}
	if s.Compared != nil {
		compared := jsonComparisonOf(*s.Compared)
		j.Compared = &compared
	}
	for _, f := range s.Files {
		j.Files = append(j.Files, jsonFile{f.Path, f.Text})
	}
	return j
}
