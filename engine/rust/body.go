package rust

import (
	"cmp"
	"slices"
)

// Fn is one function with what its body does, as far as its text tells.
type Fn struct {
	Name  string
	Impl  string // the type that its impl block is for, "" outside of one
	Async bool
	Span  Span  // from fn to the end of the body
	Scope int32 // its FnScope
	Cond  int32
	// Attrs are the indices of the refs that its attributes are.
	Attrs []int32
	// Inner is what stands between the braces, empty where there are none.
	Inner Span
	Body  []*Node
	// Locals are the names that parameters, let, for and closures may bind.
	Locals map[string]bool
	// Params are the types of the parameters that are a path or a reference to one,
	// by their names, but for those whose names the body binds anew.
	Params map[string]Path
}

// NodeKind is what a node of a body is.
type NodeKind uint8

// The kinds of nodes.
const (
	CallNode    NodeKind = iota // path(…)
	MethodNode                  // receiver.name(…)
	MacroNode                   // path!(…)
	AsyncNode                   // async { … }
	ClosureNode                 // |…| …, also async |…| …
	BlockNode                   // { … }: a block, the arms of a match, a struct's fields
)

// Node is a piece of a body that can run something.
type Node struct {
	Kind NodeKind
	Span        // the path or name; all of an async block, closure or block
	Path Path   // CallNode, MacroNode
	Name string // MethodNode
	Args [][]*Node
	// Vars are the variables that the arguments are, "" for what is more than one.
	Vars []string
	Body []*Node
	// On is the node that a method is called on, Var the variable, where it is one
	// of those alone.
	On  *Node
	Var string
	// Bound is the variable that the node's value is given to.
	Bound   string
	Awaited bool
	Async   bool // ClosureNode
	Loop    bool // BlockNode: the body of for or loop
	Scope   int32
	// Unsure tells that a cfg decides whether it is compiled.
	Unsure bool
	// Leaves tells that the function may be left here, by return or ?.
	Leaves bool
}

// Fns reads the bodies of the functions of a file, in order of place. They are
// read anew each time: keep what was made of them.
func (s *Source) Fns() []*Fn {
	b := s.bodies()
	if b == nil {
		return nil
	}
	var fns []*Fn
	for i := range s.Scopes {
		if sc := &s.Scopes[i]; sc.Kind == FnScope {
			if f := b.fn(int32(i), sc); f != nil {
				fns = append(fns, f)
			}
		}
	}
	return fns
}

// bodies prepares the file's tokens for reading bodies; nil where a string never
// closes, since the person is typing.
func (s *Source) bodies() *bodies {
	if s.toks == nil {
		return nil
	}
	s.startsOnce.Do(func() {
		s.attrs, s.braces = map[uint32]int32{}, map[uint32]int32{}
		for i := range s.Refs {
			if s.Refs[i].Kind == AttrRef {
				s.attrs[s.Refs[i].Start] = int32(i)
			}
		}
		for i := range s.Scopes {
			if k := s.Scopes[i].Kind; k == BlockScope || k == AsyncScope {
				s.braces[s.Scopes[i].Start] = int32(i)
			}
		}
	})
	return &bodies{walker: walker{Source: &Source{Text: s.Text}, toks: s.toks, close: s.close}, source: s, attrs: s.attrs, scopes: s.braces}
}

// bodies reads the bodies of one file.
type bodies struct {
	walker
	source *Source
	attrs  map[uint32]int32 // refs that are attributes, by their start
	scopes map[uint32]int32 // scopes of braces, by their start
	leaves bool             // what was parsed last may leave the function
}

// token is the token that starts at a place.
func (b *bodies) token(start uint32) (int, bool) {
	i, found := slices.BinarySearchFunc(b.toks, start, func(t Token, start uint32) int { return cmp.Compare(t.Start, start) })
	if !found {
		return 0, false
	}
	return i, true
}

func (b *bodies) fn(scope int32, sc *Scope) *Fn {
	start, ok := b.token(sc.Start)
	if !ok {
		return nil
	}
	f := &Fn{Name: sc.Name, Async: sc.Async, Span: sc.Span, Scope: scope, Cond: sc.Cond, Impl: b.implOf(sc.Parent), Attrs: b.attributesOf(start)}
	end := len(b.toks)
	if open := b.signatureEnd(start+2, end); open < end && b.is(open, '{') {
		if close := b.inner(open, end); close < end {
			f.Inner = Span{b.toks[open].End, b.toks[close].Start}
		}
		f.Locals = b.locals(start+2, open, b.inner(open, end))
		f.Params = b.params(start+2, open, b.locals(open, open, b.inner(open, end)))
		f.Body = b.parse(open+1, b.inner(open, end), scope, 0)
	}
	return f
}

// locals gathers the names that may be bound in a signature and a body: rather too
// many than too few.
func (b *bodies) locals(head, open, end int) map[string]bool {
	names := map[string]bool{}
	pattern := func(i, stop int) {
		for ; i < stop; i++ {
			if b.ident(i) && !b.colons(i+1) && !b.is(i+1, '(') && !keywords[b.word(i)] {
				names[b.word(i)] = true
			}
		}
	}
	for i := head; i < open; i++ {
		if b.ident(i) && b.is(i+1, ':') && !b.colons(i+1) {
			names[b.word(i)] = true
		}
	}
	for i := open; i < end; i++ {
		switch {
		case b.keyword(i, "let"), b.keyword(i, "for"):
			stop := i + 1
			for stop < end && !b.is(stop, '=') && !b.is(stop, ';') && !b.keyword(stop, "in") && !(b.is(stop, ':') && !b.colons(stop) && !b.colons(stop-1)) {
				stop++
			}
			pattern(i+1, stop)
		case b.closure(i):
			pattern(i+1, b.closureBody(i, end)-1)
		case b.is(i, '=') && b.is(i+1, '>'):
			start := i
			for start > open && !b.is(start-1, ',') && !b.is(start-1, '{') && !b.is(start-1, '}') {
				start--
			}
			pattern(start, i)
		}
	}
	return names
}

// params reads the types of parameters from a signature.
func (b *bodies) params(head, open int, rebound map[string]bool) map[string]Path {
	var types map[string]Path
	for i := head; i < open; i++ {
		if !b.ident(i) || !b.is(i+1, ':') || b.colons(i+1) || !(b.is(i-1, '(') || b.is(i-1, ',') || b.keyword(i-1, "mut")) || rebound[b.word(i)] {
			continue
		}
		at := i + 2
		for at < open && (b.is(at, '&') || b.toks[at].Kind == Lifetime || b.keyword(at, "mut")) {
			at++
		}
		if b.colons(at) {
			at += 2
		}
		if at >= open || !b.ident(at) || keywords[b.word(at)] {
			continue
		}
		path, next := b.pathAt(at, open)
		if types == nil {
			types = map[string]Path{}
		}
		if b.is(next, ',') || b.is(next, ')') { // nothing generic
			types[b.word(i)] = path
		}
	}
	return types
}

// implOf is the name of the type that the impl block of a scope is for.
func (b *bodies) implOf(scope int32) string {
	if scope < 0 || b.source.Scopes[scope].Kind != ImplScope {
		return ""
	}
	open, ok := b.token(b.source.Scopes[scope].Start)
	if !ok {
		return ""
	}
	name := ""
	angles := 0
	for i := open - 1; i >= 0 && !b.is(i, ';') && !b.is(i, '{') && !b.is(i, '}'); i-- {
		switch {
		case b.is(i, '>') && !b.arrow(i):
			angles++
		case b.is(i, '<'):
			angles--
		case angles > 0:
		case b.keyword(i, "where"):
			name = "" // what was met belongs to the bounds
		case b.keyword(i, "for"), b.keyword(i, "impl"):
			return name
		case b.ident(i) && name == "":
			name = b.word(i)
		}
	}
	return ""
}

// attributesOf lists the refs of the attributes in front of the fn at token i.
func (b *bodies) attributesOf(i int) []int32 {
	var found []int32
	for i--; i >= 0; i-- {
		switch {
		case b.ident(i), b.is(i, ')'), b.is(i, '('), b.toks[i].Kind == Str:
			continue // pub(crate) async unsafe extern "C"
		case !b.is(i, ']'):
			return found
		}
		open := i - 1
		for open >= 0 && !(b.is(open, '[') && int(b.close[open]) == i) {
			open--
		}
		if open < 1 || !b.is(open-1, '#') {
			return found
		}
		if ref, ok := b.attrs[b.toks[open+1].Start]; ok {
			found = append(found, ref)
		}
		i = open - 1
	}
	return found
}

// inside is the scope of what stands in the braces that open at token i.
func (b *bodies) inside(i int, scope int32) int32 {
	if in, ok := b.scopes[b.toks[i].Start]; ok {
		return in
	}
	return scope
}

// parse reads what the tokens from i to before end run, in order.
func (b *bodies) parse(i, end int, scope int32, depth int) []*Node {
	if depth > maxNesting {
		return nil
	}
	var nodes []*Node
	var chain *Node // what the token before was the end of
	variable := ""  // or the variable that it was
	bound, first := "", 0
	unsure, loop := false, false
	add := func(n *Node) {
		n.Unsure = unsure
		n.Scope = scope
		nodes = append(nodes, n)
	}
	finish := func() {
		if bound != "" && len(nodes) > first {
			nodes[len(nodes)-1].Bound = bound
		}
		bound, unsure = "", false
	}
	left := b.leaves
	b.leaves = false
	leave := func() {
		if b.leaves && len(nodes) == 0 {
			add(&Node{Kind: BlockNode})
		}
		if b.leaves {
			nodes[len(nodes)-1].Leaves = true
		}
		left, b.leaves = left || b.leaves, false
	}
	for i < end {
		leave()
		lastChain, lastVar := chain, variable
		chain, variable = nil, ""
		switch {
		case b.is(i, ';'):
			finish()
			i++
		case b.is(i, '#') && b.is(i+1, '['):
			unsure = unsure || b.keyword(i+2, "cfg") || b.keyword(i+2, "cfg_attr")
			i = b.after(i+1, end)
		case b.is(i, '?'):
			b.leaves = true
			chain, variable = lastChain, lastVar
			i++
		case b.is(i, '.') && b.keyword(i+1, "await"):
			if lastChain != nil {
				lastChain.Awaited = true
			}
			chain = lastChain
			i += 2
		case b.is(i, '.') && b.ident(i+1):
			open := b.callOpen(i+2, end)
			if open < 0 { // a field
				i += 2
				continue
			}
			n := &Node{Kind: MethodNode, Span: b.span(i+1, i+2), Name: b.word(i + 1), On: lastChain, Var: lastVar}
			n.Args, n.Vars = b.arguments(open, end, scope, depth)
			add(n)
			chain = n
			i = b.after(open, end)
		case b.keyword(i, "return"):
			b.leaves = true
			i++
		case b.keyword(i, "for") && !b.is(i+1, '<'), b.keyword(i, "loop"):
			loop = true
			i++
		case b.keyword(i, "let"):
			under := unsure // the attributes of the statement
			finish()
			unsure = under
			name := i + 1
			if b.keyword(name, "mut") {
				name++
			}
			if b.ident(name) && (b.is(name+1, '=') || b.is(name+1, ':') && !b.colons(name+1)) {
				bound, first = b.word(name), len(nodes)
				i = name + 1
				continue
			}
			i++
		case b.keyword(i, "async") && (b.is(i+1, '{') || b.keyword(i+1, "move") && b.is(i+2, '{')):
			open := i + 1
			if !b.is(open, '{') {
				open++
			}
			n := &Node{Kind: AsyncNode, Span: b.span(i, b.after(open, end))}
			n.Body = b.parse(open+1, b.inner(open, end), b.inside(open, scope), depth+1)
			b.leaves = false // that leaves the block alone
			add(n)
			chain = n
			i = b.after(open, end)
		case b.closure(i):
			n, next := b.readClosure(i, end, scope, depth)
			b.leaves = false
			add(n)
			i = next
		case b.is(i, '{'):
			n := &Node{Kind: BlockNode, Span: b.span(i, b.after(i, end)), Loop: loop}
			loop = false
			n.Body = b.parse(i+1, b.inner(i, end), b.inside(i, scope), depth+1)
			add(n)
			chain = n
			i = b.after(i, end)
			if b.is(i-1, '}') && !b.is(i, '.') && bound == "" {
				unsure = false // a block ends its statement
			}
		case b.opens(i):
			nested := b.parse(i+1, b.inner(i, end), scope, depth+1)
			for _, n := range nested {
				n.Unsure = n.Unsure || unsure
			}
			nodes = append(nodes, nested...)
			if len(nested) > 0 {
				chain = nested[len(nested)-1]
			}
			i = b.after(i, end)
		case b.keyword(i, "fn") && b.ident(i+1), b.keyword(i, "impl") && b.startsItem(i), b.keyword(i, "mod") && b.ident(i+1):
			if open := b.signatureEnd(i+1, end); open < end && b.is(open, '{') {
				i = b.after(open, end) // items run nothing here
			} else {
				i = open + 1
			}
		case b.keyword(i, "use") && b.ident(i+1):
			for i < end && !b.is(i, ';') {
				i++
			}
		case b.ident(i) && (!keywords[b.word(i)] || b.toks[i].Kind == RawIdent):
			path, next := b.pathAt(i, end)
			switch {
			case b.is(next, '!') && b.opens(next+1) && next+1 < end:
				n := &Node{Kind: MacroNode, Span: b.span(i, next), Path: path}
				n.Body = b.parse(next+2, b.inner(next+1, end), scope, depth+1)
				add(n)
				chain = n
				i = b.after(next+1, end)
			case b.callOpen(next, end) >= 0:
				open := b.callOpen(next, end)
				n := &Node{Kind: CallNode, Span: b.span(i, next), Path: path}
				if path.Global {
					n.Start = b.toks[i-2].Start
				}
				n.Args, n.Vars = b.arguments(open, end, scope, depth)
				add(n)
				chain = n
				i = b.after(open, end)
			default:
				if len(path.Segs) == 1 {
					variable = path.Segs[0]
				}
				i = next
			}
		default:
			i++
		}
	}
	finish()
	leave()
	b.leaves = left
	return nodes
}

// pathAt reads the path whose first word is at i, without generic arguments.
func (b *bodies) pathAt(i, end int) (Path, int) {
	p := Path{Segs: []string{b.word(i)}, Global: b.colons(i-2) && !b.endsPath(i-3)}
	i++
	for i < end && b.colons(i) {
		switch {
		case b.ident(i + 2):
			p.Segs = append(p.Segs, b.word(i+2))
			i += 3
		case b.is(i+2, '<') && b.angle(i+2, end) > 0:
			i = b.angle(i+2, end) + 1
		default:
			return p, i
		}
	}
	return p, i
}

// callOpen is the index of the ( of the arguments that follow a name, behind
// generic arguments too; -1 where it is not called.
func (b *bodies) callOpen(i, end int) int {
	if b.colons(i) && b.is(i+2, '<') {
		if close := b.angle(i+2, end); close > 0 {
			i = close + 1
		}
	}
	if i < end && b.is(i, '(') {
		return i
	}
	return -1
}

// arguments reads those in the bracket at open, each for itself.
func (b *bodies) arguments(open, end int, scope int32, depth int) (args [][]*Node, vars []string) {
	stop := b.inner(open, end)
	for i := open + 1; i < stop; {
		next := b.argumentEnd(i, stop)
		args = append(args, b.parse(i, next, scope, depth+1))
		variable := ""
		if next == i+1 && b.ident(i) && !keywords[b.word(i)] {
			variable = b.word(i)
		}
		vars = append(vars, variable)
		i = next + 1
	}
	return args, vars
}

// argumentEnd is the index of the comma that ends what starts at i, or end. Commas
// between the bars of a closure do not.
func (b *bodies) argumentEnd(i, end int) int {
	for i < end {
		switch {
		case b.opens(i):
			i = b.after(i, end)
		case b.closure(i):
			i = b.closureBody(i, end)
		case b.is(i, ','):
			return i
		case b.colons(i) && b.is(i+2, '<') && b.angle(i+2, end) > 0:
			i = b.angle(i+2, end) + 1
		default:
			i++
		}
	}
	return end
}

// closure reports whether the | at i starts a closure.
func (b *bodies) closure(i int) bool {
	if !b.is(i, '|') {
		return false
	}
	p := i - 1
	return !(b.ident(p) && !beforePath[b.word(p)]) && !b.is(p, ')') && !b.is(p, ']') && !b.is(p, '}') && !b.is(p, '|') &&
		(p < 0 || b.toks[p].Kind == Punct || b.ident(p))
}

// closureBody is the index behind the parameters of the closure at i.
func (b *bodies) closureBody(i, end int) int {
	if b.is(i+1, '|') && b.adjacent(i) {
		return i + 2
	}
	for i++; i < end && !b.is(i, '|'); {
		if b.opens(i) {
			i = b.after(i, end)
			continue
		}
		i++
	}
	return i + 1
}

func (b *bodies) readClosure(i, end int, scope int32, depth int) (*Node, int) {
	start := i
	async := false
	for b.keyword(start-1, "move") || b.keyword(start-1, "async") {
		start--
		async = async || b.keyword(start, "async")
	}
	from := b.closureBody(i, end)
	if b.is(from, '-') && b.is(from+1, '>') {
		from = b.signatureEnd(from+2, end)
	}
	stop := b.argumentEnd(from, end)
	if b.is(from, '{') {
		stop = b.after(from, end)
	} else {
		for j := from; j < stop; {
			if b.is(j, ';') {
				stop = j
				break
			}
			if b.opens(j) {
				j = b.after(j, stop)
				continue
			}
			j++
		}
	}
	n := &Node{Kind: ClosureNode, Span: b.span(start, stop), Async: async}
	if b.is(from, '{') {
		n.Body = b.parse(from+1, b.inner(from, end), b.inside(from, scope), depth+1)
	} else {
		n.Body = b.parse(from, stop, scope, depth+1)
	}
	return n, max(stop, from)
}

// Result is what a function or closure gives in the end, where its body is nothing but
// statements in front of a call or an async block; else nil.
func Result(body []*Node) *Node {
	if len(body) == 0 || slices.ContainsFunc(body, func(n *Node) bool { return n.Leaves || n.Unsure }) {
		return nil
	}
	last := body[len(body)-1]
	if last.Bound != "" || last.Kind != AsyncNode && last.Kind != CallNode && last.Kind != MethodNode {
		return nil
	}
	return last
}

// Gives is the call whose value a function returns, where its body is one chain of
// calls; else nil.
func (f *Fn) Gives() *Node {
	var last *Node
	for _, n := range f.Body {
		if n.Kind != CallNode && n.Kind != MethodNode || n.Bound != "" || n.Unsure || n.Leaves || last != nil && n.On != last {
			return nil
		}
		last = n
	}
	return last
}
