package advise

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// excludedBy judges one candidate by what is known of it elsewhere.
func (c Case) excludedBy(by string, j *Judged) (Reason, bool) {
	switch by {
	case "maintenance":
		return givenUp(j.Candidate)
	case "target":
		return c.wrongTarget(j.Candidate)
	case "bare":
		return c.wrongStd(j.Candidate)
	case "reactor":
		return c.otherReactor(j.Candidate)
	case "rust":
		return c.tooNew(j)
	case "licence":
		return c.wrongLicence(j.Candidate)
	}
	panic("decision.toml: nothing judges by " + by)
}

// givenUp tells that a crate is not to be started with any more.
func givenUp(c *Candidate) (Reason, bool) {
	known := runtimes.Known(c.Crate)
	if known == nil {
		return Reason{}, false
	}
	if status, gone := engine.Gone(c.Crate, known.Latest); gone {
		return Reason{Statement: stated(status.Reason, status.Source)}, true
	}
	latest, err := semver.Parse(known.Latest)
	if err != nil {
		return Reason{}, false
	}
	for _, a := range runtimes.AdvisoriesFor(c.Crate, latest) {
		return Reason{Statement: stated(fmt.Sprintf("%s: %s", a.ID, a.Title), "RustSec, "+a.ID)}, true
	}
	return Reason{}, false
}

// targets are those that the program has to run on.
func (a Answers) targets() []string {
	if t := a.answer("target"); t != "" {
		return []string{t}
	}
	return findPlatform(a.answer("platform")).Targets
}

// bare reports whether there is no standard library.
func (a Answers) bare() bool {
	std := a.answer("std")
	return a.answer("platform") == "bare-metal" || std != "" && std != FindQuestion("std").Unconstrained
}

// envOf judges cfg atoms as a target decides them.
func envOf(p *cargo.Platform) cfg.Env {
	return func(a cfg.Expr) cfg.Tri {
		if cargo.Decides(a) {
			return p.Eval(a)
		}
		return cfg.Maybe
	}
}

// triples keeps the targets that were looked up: a decision asks for few, many times.
var triples sync.Map

func platformOf(triple string) *cargo.Platform {
	if p, ok := triples.Load(triple); ok {
		return p.(*cargo.Platform)
	}
	p := cargo.PlatformOf(triple)
	triples.Store(triple, p)
	return p
}

func (c Case) wrongTarget(candidate *Candidate) (Reason, bool) {
	on, err := cfg.Parse(candidate.card.On)
	if candidate.card.On == "" || err != nil {
		return Reason{}, false
	}
	for _, triple := range c.Answers.targets() {
		if p := platformOf(triple); p != nil && on.Eval(envOf(p)) == cfg.No {
			return Reason{
				Statement: stated(fmt.Sprintf("it does not run on `%s`", triple), "its card: "+candidate.card.Read+", targets: "+candidate.card.On),
				Questions: []string{"platform", "target"},
			}, true
		}
	}
	return Reason{}, false
}

func (c Case) wrongStd(candidate *Candidate) (Reason, bool) {
	source := "candidates.toml: " + candidate.Scheduler.Source
	if because := candidate.card.NoStd; because.Source != "" {
		source = "its card: " + candidate.card.Read + ", " + because.Source
	}
	switch {
	case !c.Answers.bare():
		return Reason{}, false
	case candidate.Bare == "":
		return Reason{Statement: stated("it needs the standard library", source), Questions: c.bareBy()}, true
	case candidate.Alloc && c.Answers.has("std", "no-alloc"):
		return Reason{Statement: stated("it needs an allocator", source), Questions: []string{"std"}}, true
	}
	return Reason{}, false
}

// bareBy is the question whose answer leaves no standard library.
func (c Case) bareBy() []string {
	if c.Answers.answer("platform") == "bare-metal" {
		return []string{"platform"}
	}
	return []string{"std"}
}

// tooNew compares Rust versions, and takes an older version of the crate where that
// is enough.
func (c Case) tooNew(j *Judged) (Reason, bool) {
	least := c.Answers.answer("msrv")
	if least == "" || least == "any" || !newer(j.Rust.Is, least) {
		return Reason{}, false
	}
	for _, o := range j.Older {
		if !newer(o.Rust, least) {
			j.Requirement, j.OlderNote = o.Version, stated(fmt.Sprintf("Rust %s: %s", least, o.Note), o.Source)
			return Reason{}, false
		}
	}
	asks, source := j.Rust.Is, j.Rust.Source
	if n := len(j.Older); n > 0 {
		asks, source = j.Older[n-1].Rust, j.Older[n-1].Source
	}
	return Reason{Statement: stated("it asks Rust "+asks+" or newer", source), Questions: []string{"msrv"}}, true
}

// newer reports whether one Rust version is newer than another; what is no version is
// not.
func newer(a, b string) bool {
	va, errA := semver.Parse(padded(a))
	vb, errB := semver.Parse(padded(b))
	return errA == nil && errB == nil && va.Compare(vb) > 0
}

// wrongLicence holds a licence expression against the licences that will do.
func (c Case) wrongLicence(candidate *Candidate) (Reason, bool) {
	allowed, constrained := decision().Licences[c.Answers.answer("licence")]
	if !constrained || allows(candidate.Licence.Is, allowed) {
		return Reason{}, false
	}
	return Reason{Statement: stated("its licence is "+candidate.Licence.Is, candidate.Licence.Source), Questions: []string{"licence"}}, true
}

// allows reports whether one of the alternatives of an expression is allowed; those
// that join licences with AND are no alternatives.
func allows(expression string, allowed []string) bool {
	for _, one := range strings.Split(strings.ReplaceAll(expression, "/", " OR "), " OR ") {
		if slices.Contains(allowed, strings.TrimSpace(one)) {
			return true
		}
	}
	return false
}
