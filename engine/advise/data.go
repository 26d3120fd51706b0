// Package advise recommends an async runtime: from answers, asked or seen in the
// project, by a decision table that is data, with a reason and a source for all that
// it says.
package advise

import (
	"embed"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"reactorls/engine/runtimes"
)

//go:embed data
var data embed.FS

func mustDecode(name string, to any) {
	text, err := data.ReadFile("data/" + name)
	if err == nil {
		d := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields()
		err = d.Decode(to)
	}
	if err != nil {
		panic(name + ": " + err.Error())
	}
}

// Match is a condition on answers: for each question named, one of the values.
type Match map[string][]string

// Candidate is one thing that can be recommended.
type Candidate struct {
	Name    string `toml:"name"`
	Title   string `toml:"title"`
	Way     string `toml:"way"`     // on how many threads tasks run
	CardOf  string `toml:"card"`    // the name of its card, "" for what is no runtime
	Version string `toml:"version"` // as Cargo.toml writes it
	Crate   string `toml:"crate"`   // where there is no card; "" for none
	// Older are the versions to take where the Rust version is too old for Version.
	Older []Older `toml:"older"`
	Note  Stated  `toml:"note"` // on its releases
	// Hosts tells that it leaves room for another runtime on a thread of its own.
	Hosts    bool  `toml:"hosts"`
	Executor *bool `toml:"executor"` // nil is true: it runs futures
	Alloc    bool  `toml:"alloc"`    // it needs an allocator

	// What a card says otherwise.
	Bare      string `toml:"bare"`
	Scheduler Stated `toml:"scheduler"`
	Reactor   Stated `toml:"reactor"`
	Blocking  Stated `toml:"blocking"`
	Workers   Stated `toml:"workers"`
	Local     Stated `toml:"local"`
	Licence   Stated `toml:"licence"`
	Rust      Stated `toml:"rust"`

	card *runtimes.Card // its own, or made of the above
}

// Older is an older version of a candidate's crate.
type Older struct {
	Version string `toml:"version"`
	Rust    string `toml:"rust"`
	Note    string `toml:"note"`
	Source  string `toml:"source"`
}

// Stated is a statement of the data and where it is from.
type Stated struct {
	Is     string `toml:"is"`
	Source string `toml:"source"`
}

// runsFutures reports whether it is an executor.
func (c *Candidate) runsFutures() bool { return c.Executor == nil || *c.Executor }

// readOn is the date of the values that have none of their own.
const readOn = "2026-11-23"

// aside is a runtime that is kept and that is no candidate.
type aside struct {
	Name   string `toml:"name"`
	Reason string `toml:"reason"`
	Source string `toml:"source"`
}

type candidatesFile struct {
	Candidate []*Candidate `toml:"candidate"`
	Aside     []aside      `toml:"aside"`
}

var candidatesData = sync.OnceValue(func() *candidatesFile {
	file := new(candidatesFile)
	mustDecode("candidates.toml", file)
	return file
})

func asides() []aside { return candidatesData().Aside }

var candidates = sync.OnceValue(func() []*Candidate {
	file := candidatesData()
	for _, c := range file.Candidate {
		if c.card = runtimes.FindCard(c.CardOf); c.CardOf != "" {
			c.Crate, c.Bare = c.card.Crate, c.card.Bare
			known := c.card.Known()
			c.Licence = Stated{known.Licence, c.Crate + " " + known.Latest + ", Cargo.toml"}
			c.Rust = Stated{known.Rust, c.Crate + " " + known.Latest + ", registry index"}
			continue
		}
		value := func(s Stated) runtimes.Value { return runtimes.Value{Is: s.Is, Source: s.Source, Date: readOn} }
		c.card = &runtimes.Card{
			Name: c.Name, Title: c.Title, Crate: c.Crate, Bare: c.Bare, Read: readOn,
			Scheduler: value(c.Scheduler), Reactor: value(c.Reactor), Blocking: value(c.Blocking),
			Workers: value(c.Workers), Local: value(c.Local),
		}
	}
	return file.Candidate
})

// Candidates lists all that can be recommended, in the order of the data.
func Candidates() []*Candidate { return candidates() }

// FindCandidate finds a candidate by its name; nil when there is none.
func FindCandidate(name string) *Candidate {
	for _, c := range candidates() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// exclude is a row that excludes candidates; one with By has its reason from what is
// known elsewhere.
type exclude struct {
	By         string   `toml:"by"`
	Candidates []string `toml:"candidates"`
	When       Match    `toml:"when"`
	Reason     string   `toml:"reason"`
	Source     string   `toml:"source"`
}

// weigh is a row that speaks for or against candidates.
type weigh struct {
	Candidates []string `toml:"candidates"`
	When       Match    `toml:"when"`
	Points     int      `toml:"points"`
	Reason     string   `toml:"reason"`
	Source     string   `toml:"source"`
}

type decisionFile struct {
	Licences map[string][]string `toml:"licences"`
	Exclude  []exclude           `toml:"exclude"`
	Weigh    []weigh             `toml:"weigh"`
}

var decision = sync.OnceValue(func() *decisionFile {
	file := new(decisionFile)
	mustDecode("decision.toml", file)
	return file
})

// platform is what an answer to the question of that name means for a compiler.
type platform struct {
	Value   string   `toml:"value"`
	Targets []string `toml:"targets"`
	On      string   `toml:"on"`    // a cfg expression of the targets that belong to it
	Infer   bool     `toml:"infer"` // such a target leaves no doubt of the platform
	Hosted  bool     `toml:"hosted"`
	Threads bool     `toml:"threads"`
}

var platforms = sync.OnceValue(func() []platform {
	var file struct {
		Platform []platform `toml:"platform"`
	}
	mustDecode("platforms.toml", &file)
	return file.Platform
})

func findPlatform(value string) platform {
	for _, p := range platforms() {
		if p.Value == value {
			return p
		}
	}
	return platform{}
}

// contradiction is answers that no program can fulfil together.
type contradiction struct {
	Between [2]string `toml:"between"`
	When    Match     `toml:"when"`
	Reason  string    `toml:"reason"`
	Source  string    `toml:"source"`
}

var contradictions = sync.OnceValue(func() []contradiction {
	var file struct {
		Contradiction []contradiction `toml:"contradiction"`
	}
	mustDecode("contradictions.toml", &file)
	return file.Contradiction
})

// fixedCrate is an async crate that gives no choice of a runtime.
type fixedCrate struct {
	Name   string            `toml:"name"`
	Drives []string          `toml:"drives"`
	Std    *bool             `toml:"std"` // nil is true: it needs the standard library
	Beside []string          `toml:"beside"`
	Says   map[string]string `toml:"says"`
	Source string            `toml:"source"`
}

var fixedCrates = sync.OnceValue(func() map[string]fixedCrate {
	var file struct {
		Crate []fixedCrate `toml:"crate"`
	}
	mustDecode("crates.toml", &file)
	all := map[string]fixedCrate{}
	for _, c := range file.Crate {
		all[c.Name] = c
	}
	return all
})
