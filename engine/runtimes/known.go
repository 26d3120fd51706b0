package runtimes

import (
	"slices"
	"strings"
	"sync"

	"reactorls/engine/semver"
)

// Runtime is what is known of one crate of the field: what it is and how it
// is kept. It says nothing of the crate's items; how it compares is on its cards.
type Runtime struct {
	Name       string   `toml:"name"`
	Kind       string   `toml:"kind"` // runtime, executor, reactor, io, utilities or framework
	About      string   `toml:"about"`
	Licence    string   `toml:"licence"`
	Repository string   `toml:"repository"` // owner/name
	Latest     string   `toml:"latest"`     // the newest release that is no pre-release
	Prerelease string   `toml:"prerelease"` // a newer pre-release
	Released   string   `toml:"released"`   // the date of Latest, or of Prerelease where there is no other
	Rust       string   `toml:"rust"`       // the Rust version that it asks for
	Statuses   []Status `toml:"status"`
}

// Status is how some versions of a crate are kept.
type Status struct {
	Is       string `toml:"is"`       // as in the file's head: superseded, discontinued …
	Versions string `toml:"versions"` // a requirement; "" is all
	Since    string `toml:"since"`    // a date
	// Reason and Source are made to be shown: a sentence, and where it is from.
	Reason     string   `toml:"reason"`
	Source     string   `toml:"source"`
	Successors []string `toml:"successors"` // packages
	Advisories []string `toml:"advisories"` // each fact once
}

// Advisory is one published security advisory.
type Advisory struct {
	ID         string   `toml:"id"`
	Also       []string `toml:"also"` // other ids of the same fact
	Crate      string   `toml:"crate"`
	Date       string   `toml:"date"`
	Kind       string   `toml:"kind"` // vulnerability, unsound, unmaintained or notice
	Title      string   `toml:"title"`
	Patched    []string `toml:"patched"`    // requirements
	Unaffected []string `toml:"unaffected"` // requirements
	OS         []string `toml:"os"`         // the only systems it is about
}

var known = sync.OnceValue(func() map[string]*Runtime {
	var file struct {
		Runtime []Runtime `toml:"runtime"`
	}
	mustDecode("runtimes.toml", &file)
	all := map[string]*Runtime{}
	for i := range file.Runtime {
		all[file.Runtime[i].Name] = &file.Runtime[i]
	}
	return all
})

// advisoriesFile has the advisories by crate and where they were taken from.
type advisoriesFile struct {
	Source   string     `toml:"source"`
	Advisory []Advisory `toml:"advisory"`
	of       map[string][]Advisory
}

var advisories = sync.OnceValue(func() *advisoriesFile {
	file := &advisoriesFile{of: map[string][]Advisory{}}
	mustDecode("advisories.toml", file)
	for _, a := range file.Advisory {
		file.of[a.Crate] = append(file.of[a.Crate], a)
	}
	return file
})

// Known finds a crate of the field by its package name; nil when it is none.
func Known(pkg string) *Runtime { return known()[pkg] }

// AllKnown gives all crates of the field by name.
func AllKnown() []*Runtime {
	var all []*Runtime
	for _, r := range known() {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *Runtime) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Status gives how the version is kept. Nothing is said of a version that is
// kept as usual. A pre-release is judged as its release would be.
func (r *Runtime) Status(v semver.Version) (Status, bool) {
	for _, s := range r.Statuses {
		if s.Versions == "" || matches(s.Versions, v) {
			return s, true
		}
	}
	return Status{}, false
}

// DocsURL is where the crate's documentation is published.
func (r *Runtime) DocsURL() string { return "https://docs.rs/" + r.Name }

// HasAdvisories reports whether there are advisories for any version of a crate.
func HasAdvisories(pkg string) bool { return len(advisories().of[pkg]) > 0 }

// AdvisoriesFor gives the advisories that speak of the version.
func AdvisoriesFor(pkg string, v semver.Version) []Advisory {
	var found []Advisory
	for _, a := range advisories().of[pkg] {
		if a.Affects(v) {
			found = append(found, a)
		}
	}
	return found
}

// Affects reports whether the version is neither patched nor was it ever
// affected. A pre-release is judged as its release would be.
func (a Advisory) Affects(v semver.Version) bool {
	return !slices.ContainsFunc(slices.Concat(a.Patched, a.Unaffected), func(req string) bool { return matches(req, v) })
}

// matches says no to what is no requirement; a test holds that there is none.
func matches(req string, v semver.Version) bool {
	r, err := semver.ParseReq(req)
	v.Pre = ""
	return err == nil && r.Matches(v)
}
