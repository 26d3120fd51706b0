package advise

import "strings"

// Statement is one thing that is said, and where it is from. Code in it stands between
// backquotes.
type Statement struct {
	Is     string
	Source string
	Basis  Basis
}

// Basis is the kind of a statement's source.
type Basis string

// What statements rest on.
const (
	Measured  Basis = "measured"  // by running it
	Generated Basis = "generated" // from manifests, the registry's index or rustdoc
	Cited     Basis = "cited"     // from a file or a document that is named
	Project   Basis = "project"   // seen in the project
	Answered  Basis = "answered"  // said by who asks
	Default   Basis = "default"   // taken, for nobody said
)

// stated makes a statement of the data's own.
func stated(is, source string) Statement {
	basis := Cited
	switch {
	case strings.HasPrefix(source, "measured"):
		basis = Measured
	case strings.HasPrefix(source, "registry index"), strings.HasPrefix(source, "choices.toml"), strings.HasPrefix(source, "cargo tree"):
		basis = Generated
	}
	return Statement{is, source, basis}
}
