package rust

import (
	"sync"

	"reactorls/engine/cfg"
	"reactorls/engine/text"
)

// Source is what one file says, independent of the package it stands in: which
// cfg holds, what a name resolves to and whether the file is reached at all is
// decided later, by Link. It is immutable. Strings are slices of Text.
type Source struct {
	Text     string
	Scopes   []Scope   // [0] is the file
	Conds    []Cond    // [0] always holds
	Names    []Name    // what items, imports and aliases bring into scopes
	Globs    []Glob    // use x::*
	Mods     []Mod     // mod declarations
	Refs     []Ref     // paths, in order of place
	Methods  []Method  // .name(…), in order of place
	Bare     []Bare    // names of one segment, in files that have Globs
	Imported []Bare    // names of one segment that may be those of use declarations
	Macros   []Macro   // macro_rules definitions
	Includes []Include // include! and doc = include_str!
	Docs     []text.Span
	// Broken tells that a literal or bracket never closes: the person is typing,
	// and facts behind the place may be lost or misread.
	Broken bool

	toks  []Token // nil where a string never closes
	close []int32 // see walker

	startsOnce    sync.Once
	attrs, braces map[uint32]int32 // see bodies

	wordsOnce, namedOnce sync.Once
	wordsRead            map[string]bool      // see words
	namedRead            []map[string][]int32 // see named

	fnsOnce sync.Once
	fnsRead []*Fn

	doctestsMu sync.Mutex
	doctests   [][]*Source // for each of Docs
}

// Span is a range of bytes, half the size of text.Span because there are many.
type Span struct{ Start, End uint32 }

// Text widens the span for everyone else.
func (s Span) Text() text.Span { return text.Span{Start: int(s.Start), End: int(s.End)} }

// ScopeKind says what made a scope.
type ScopeKind uint8

// The kinds of scopes.
const (
	FileScope ScopeKind = iota
	ModScope
	FnScope
	BlockScope
	AsyncScope // the body of an async block
	ImplScope
	TraitScope
	MacroScope // the right-hand side of a macro_rules arm
)

// Scope is a region in which names are looked up.
type Scope struct {
	Span
	Parent int32 // -1 for the file
	Kind   ScopeKind
	Cond   int32
	Async  bool   // FnScope: async fn
	Name   string // FnScope, ModScope, TraitScope, MacroScope
}

// CondKind says how a condition is to be judged.
type CondKind uint8

// The kinds of conditions.
const (
	CfgCond    CondKind = iota // Expr must hold
	CallCond                   // inside name!{…}: the macro may wrap its items in a cfg
	MacroCond                  // inside macro_rules! name: compiled where the macro is called
	QuotedCond                 // inside quote!{…}: tokens for somebody else's code
)

// Cond is one condition, which holds when its parent holds and it does.
type Cond struct {
	Parent int32 // -1 for the first
	Kind   CondKind
	Expr   cfg.Expr // CfgCond
	Name   string   // CallCond, MacroCond: the macro's name
}

// Space is a set of name spaces.
type Space uint8

// Rust's name spaces; an import brings its name into each that it exists in.
const (
	TypeSpace Space = 1 << iota
	ValueSpace
	MacroSpace
	AnySpace = TypeSpace | ValueSpace | MacroSpace
)

// Path is a path as written.
type Path struct {
	Segs   []string // without r#; "$crate" is written crate
	Global bool     // starts with ::
}

// Name is a name that a scope knows: an import or alias of Path, or, without
// segments, an item of the file itself.
type Name struct {
	Name        string
	Path        Path
	Scope, Cond int32
	Space       Space
	Use         bool // a use declaration or extern crate, in contrast to a type alias
	Pub         bool // plain pub, so visible from outside
	Private     bool // a use that its module and those below alone see
}

// Glob is a use x::* in a scope.
type Glob struct {
	Path        Path
	Scope, Cond int32
	Space       Space
	Private     bool // surely seen by its module and those below alone
}

// Mod is a module declaration.
type Mod struct {
	Name        string
	Span        Span // of the name
	Scope, Cond int32
	Body        int32     // the ModScope of an inline module, or -1
	Paths       []ModPath // #[path = "…"], possibly under cfg_attr
	Pub         bool
}

// ModPath is one #[path] of a module declaration.
type ModPath struct {
	Cond int32
	Path string
}

// RefKind says in which role a path is mentioned.
type RefKind uint8

// The roles of paths.
const (
	PathRef  RefKind = iota // in an expression, type or pattern; two segments at least
	UseRef                  // a leaf of a use declaration
	GlobRef                 // a use x::*
	MacroRef                // name!(…)
	AttrRef                 // #[name(…)]
)

// Ref is one mention of a path.
type Ref struct {
	Path
	Span
	Scope, Cond int32
	Kind        RefKind
	Name        int32 // UseRef: the index of the Name that it brings, or -1
	// Open tells that a macro's placeholder continues the path (tokio::$name).
	Open bool
	// Pub marks a UseRef or GlobRef that re-exports to everybody.
	Pub bool
	// Args is, for an AttrRef, the text between the brackets of its arguments.
	Args Span
}

// Method is one mention of a method call; the type of its receiver is unknown.
type Method struct {
	Span        // of the name
	Scope, Cond int32
}

// Bare is one mention of a name of one segment, which an import may have brought.
type Bare struct {
	Span
	Scope, Cond int32
	// Sure tells that it is called or is a type, and so no local variable.
	Sure bool
}

// Macro is one macro_rules definition.
type Macro struct {
	Name string
	Cond int32
	// Wraps is the cfg that the macro puts on the items it is given, for macros
	// such as cfg_rt! { … }; nil when it does not.
	Wraps *cfg.Expr
	// Partly tells that it may do so to some of them alone.
	Partly bool
	// Exported macros are called from crates that we do not see.
	Exported bool
}

// IncludeKind says how a file is included.
type IncludeKind uint8

// The kinds of includes.
const (
	CodeInclude IncludeKind = iota // include!("…")
	DocInclude                     // #[doc = include_str!("…")]
)

// Include is a file whose content belongs here.
type Include struct {
	Kind        IncludeKind
	Path        string // "" when it is computed, as for files that a build script writes
	Span        Span
	Scope, Cond int32
}
