package runtimes

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Executor is what runs code: an executor's block_on, a task or a thread.
type Executor struct {
	Name  string // smol, tokio-ct-task
	About string
	code  string // the head of its column
}

// Operation is what code does, and how that goes under each executor. With says
// with what, where the path alone does not tell: an argument, or what is done next.
type Operation struct {
	Crate, Path, With string
	// Awaited tells that the function gives something to await; otherwise the
	// call does it all.
	Awaited bool

	cells []cell // by executor
}

// Phase is one of the two moments in which an operation may fail.
type Phase int

// A future is made by the call and runs by the await. That a call went well under
// one executor does not say where the await will.
const (
	AtCall Phase = iota
	AtAwait
)

// Ending is how a phase ends.
type Ending string

// A Hang is an operation that was not done after seconds, twice, where others take
// milliseconds. A Failure is an ordinary error in place of a value.
const (
	Fine    Ending = "ok"
	Panic   Ending = "panic"
	Hang    Ending = "hang"
	Failure Ending = "error"
)

// Cell is how one phase of an operation went under one executor.
type Cell struct {
	Ending Ending
	// Text is the panic's message or the error's; of a Hang the message of the
	// panic on another thread that came before it, if one did.
	Text string
}

// cell is one as the data has it: the ending of the phase that was come to last.
type cell struct {
	Cell
	phase  Phase
	untold bool // nothing could await there, or it went so and so
}

// matrixTable is the decoded matrix.txt: the versions that were measured, the
// executors, the texts of panics and errors, and a row for each operation:
//
//	crate tokio 1.54.1
//	executor S smol smol::block_on
//	text P2 there is no reactor running, …
//	columns                | M   S   T
//	await tokio time::sleep | .   P2  P2
//	await tokio fs::read    | .   p2  -
//
// A dot is well, P a panic, H a hang, E an error: at the call, in small letters at
// the await. The number is that of the text. A dash is well as far as the call, with
// nothing that could await; a question mark is not the same at each try.
type matrixTable struct {
	versions   map[string]string
	executors  []Executor
	operations []*Operation
	named      map[string]*Operation // by crate and path with what
}

var matrix = sync.OnceValue(func() *matrixTable {
	text, err := data.ReadFile("data/matrix.txt")
	if err != nil {
		panic(err)
	}
	m, err := parseMatrix(string(text))
	if err != nil {
		panic(err)
	}
	return m
})

// Executors lists the executors of the matrix, in the order of the data.
func Executors() []Executor { return matrix().executors }

// Operations lists what was measured, in the order of the data.
func Operations() []*Operation { return matrix().operations }

// Measured gives the version of a package that was measured, "" for none.
func Measured(pkg string) string { return matrix().versions[pkg] }

// FindOperation finds what was measured of an item, under any of its paths; nil for
// none.
func FindOperation(pkg, path, with string) *Operation {
	find := func(path string) *Operation {
		return matrix().named[(&Operation{Crate: pkg, Path: path, With: with}).String()]
	}
	if o := find(path); o != nil {
		return o
	}
	if crate := Lookup(pkg); crate != nil {
		if i, ok := crate.At("").Item(path); ok {
			return find(i.Path)
		}
	}
	return nil
}

// Outcome gives what was measured of an item, with what is said of it or "", under the
// executor of a name. There is
// nothing where the phase was not come to (the call panicked, does it all, or nothing
// could await there) and where it was not the same at each try, or not under each
// executor that the name stands for.
func Outcome(executor, pkg, path, with string, phase Phase) (Cell, bool) {
	o := FindOperation(pkg, path, with)
	if o == nil {
		return Cell{}, false
	}
	family := flows().families[executor]
	if family == nil {
		return o.Outcome(executor, phase)
	}
	cell, ok := o.Outcome(family[0], phase)
	for _, e := range family[1:] {
		if other, told := o.Outcome(e, phase); !told || other != cell {
			return Cell{}, false
		}
	}
	return cell, ok
}

// Outcome gives how the operation went, as the function of this name does.
func (o *Operation) Outcome(executor string, phase Phase) (Cell, bool) {
	i := slices.IndexFunc(matrix().executors, func(e Executor) bool { return e.Name == executor })
	if i < 0 {
		return Cell{}, false
	}
	c := o.cells[i]
	switch {
	case phase == c.phase:
		return c.Cell, !c.untold
	case phase == AtCall:
		return Cell{Ending: Fine}, true
	}
	return Cell{}, false
}

// String names the operation as the data does.
func (o *Operation) String() string {
	s := o.Crate + " " + o.Path
	if o.With != "" {
		s += " [" + o.With + "]"
	}
	return s
}

func parseMatrix(text string) (*matrixTable, error) {
	m := &matrixTable{versions: map[string]string{}, named: map[string]*Operation{}}
	texts := map[string]string{}
	number := 0
	for l := range strings.Lines(text) {
		number++
		what, rest, _ := strings.Cut(strings.TrimSuffix(l, "\n"), " ")
		err := error(nil)
		switch what {
		case "#":
		case "crate":
			name, version, _ := strings.Cut(rest, " ")
			m.versions[name] = version
		case "executor":
			code, rest, _ := strings.Cut(rest, " ")
			name, about, _ := strings.Cut(rest, " ")
			m.executors = append(m.executors, Executor{name, about, code})
		case "text":
			name, text, _ := strings.Cut(rest, " ")
			texts[name] = text
		case "columns":
			err = m.columns(rest)
		case "call", "await":
			err = m.operation(what == "await", rest, texts)
		default:
			err = fmt.Errorf("unknown line %q", what)
		}
		if err != nil {
			return nil, fmt.Errorf("matrix.txt:%d: %w", number, err)
		}
	}
	return m, nil
}

// columns holds that the columns are the executors in their order.
func (m *matrixTable) columns(text string) error {
	_, codes, _ := strings.Cut(text, "| ")
	if !slices.EqualFunc(strings.Fields(codes), m.executors, func(code string, e Executor) bool { return code == e.code }) {
		return errors.New("the columns are not the executors")
	}
	return nil
}

func (m *matrixTable) operation(awaited bool, text string, texts map[string]string) error {
	name, cells, _ := strings.Cut(text, "| ")
	o := &Operation{Awaited: awaited}
	o.Crate, o.Path, _ = strings.Cut(strings.TrimSpace(name), " ")
	if path, with, ok := strings.Cut(o.Path, " ["); ok {
		o.Path, o.With = path, strings.TrimSuffix(with, "]")
	}
	for _, text := range strings.Fields(cells) {
		c, err := parseCell(text, awaited, texts)
		if err != nil {
			return err
		}
		o.cells = append(o.cells, c)
	}
	if len(o.cells) != len(m.executors) {
		return fmt.Errorf("%d cells for %d executors", len(o.cells), len(m.executors))
	}
	if m.named[o.String()] != nil {
		return fmt.Errorf("%s stands twice", o)
	}
	m.operations = append(m.operations, o)
	m.named[o.String()] = o
	return nil
}

func parseCell(text string, awaited bool, texts map[string]string) (cell, error) {
	last := AtCall
	if awaited {
		last = AtAwait
	}
	switch text {
	case ".":
		return cell{Cell{Ending: Fine}, last, false}, nil
	case "-", "?":
		return cell{Cell{}, last, true}, nil
	}
	endings := map[string]Ending{"P": Panic, "H": Hang, "E": Failure}
	letter := strings.ToUpper(text[:1])
	c := cell{Cell: Cell{Ending: endings[letter]}}
	if letter != text[:1] {
		c.phase = AtAwait
	}
	if c.Ending == "" || c.phase > last {
		return c, fmt.Errorf("no such cell: %s", text)
	}
	if text[1:] == "" && c.Ending == Hang {
		return c, nil
	}
	if _, err := strconv.Atoi(text[1:]); err != nil {
		return c, fmt.Errorf("no such cell: %s", text)
	}
	// What panicked before a hang is among the panics.
	name := strings.Replace(letter, "H", "P", 1) + text[1:]
	var ok bool
	if c.Text, ok = texts[name]; !ok {
		return c, fmt.Errorf("no such text: %s", name)
	}
	return c, nil
}
