package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The budgets of STYLE §1. Generated files, golden files and tests are exempt.
const (
	maxFile       = 400
	maxFunction   = 80
	maxMethods    = 5
	maxParameters = 5
)

func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	fset = token.NewFileSet()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == ".git" || e.Name() == "bin" || e.Name() == "data") {
			return fs.SkipDir
		}
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err == nil {
			files[path] = f
		}
		return err
	})
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

var fset *token.FileSet

func lines(n ast.Node) int { return fset.Position(n.End()).Line - fset.Position(n.Pos()).Line + 1 }

func TestSizeBudgets(t *testing.T) {
	for path, f := range sources(t) {
		if n := fset.Position(f.End()).Line; n > maxFile {
			t.Errorf("%s has %d lines, at most %d", path, n, maxFile)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch d := n.(type) {
			case *ast.FuncDecl:
				if lines(d) > maxFunction {
					t.Errorf("%s: %s has %d lines, at most %d", path, d.Name.Name, lines(d), maxFunction)
				}
				if params := d.Type.Params.NumFields(); params > maxParameters {
					t.Errorf("%s: %s has %d parameters, at most %d", path, d.Name.Name, params, maxParameters)
				}
			case *ast.InterfaceType:
				if d.Methods.NumFields() > maxMethods {
					t.Errorf("%s: an interface has %d methods, at most %d", path, d.Methods.NumFields(), maxMethods)
				}
			}
			return true
		})
	}
}

func TestEveryPackageAndExportedNameIsDescribed(t *testing.T) {
	documented := map[string]bool{}
	for path, f := range sources(t) {
		dir := filepath.Dir(path)
		documented[dir] = documented[dir] || f.Doc != nil && (filepath.Base(path) == "doc.go" || f.Name.Name == "main")
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && d.Doc == nil && !groupedWithPrevious(f, d) {
					t.Errorf("%s: %s has no comment", path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
						t.Errorf("%s: type %s has no comment", path, ts.Name.Name)
					}
					if vs, ok := s.(*ast.ValueSpec); ok && vs.Names[0].IsExported() && d.Doc == nil && vs.Doc == nil && vs.Comment == nil {
						t.Errorf("%s: %s has no comment", path, vs.Names[0].Name)
					}
				}
			}
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no doc.go that says what it is for", dir)
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	if i, ok := t.(*ast.IndexExpr); ok {
		t = i.X
	}
	name, ok := t.(*ast.Ident)
	return ok && name.IsExported()
}

// groupedWithPrevious allows one comment over methods that stand on adjacent lines.
func groupedWithPrevious(f *ast.File, d *ast.FuncDecl) bool {
	line := fset.Position(d.Pos()).Line
	for _, other := range f.Decls {
		if fset.Position(other.End()).Line == line-1 {
			return true
		}
	}
	return false
}

// What one of the two databases does not understand, or does otherwise (STYLE §5).
var forbiddenSQL = map[string]*regexp.Regexp{
	"SERIAL":                 regexp.MustCompile(`\b(BIG)?SERIAL\b`),
	"now()":                  regexp.MustCompile(`(?i)\bnow\(\)|CURRENT_TIMESTAMP`),
	"FOR UPDATE":             regexp.MustCompile(`\bFOR (UPDATE|SHARE)\b`),
	"data-modifying CTE":     regexp.MustCompile(`(?s)\bWITH\b[^;]*\bAS \(\s*(INSERT|UPDATE|DELETE)\b`),
	"LIKE":                   regexp.MustCompile(`\bI?LIKE\b`),
	"JSON operator":          regexp.MustCompile(`->>|::json`),
	"AVG or ROUND":           regexp.MustCompile(`\b(AVG|ROUND)\(`),
	"MAX of two":             regexp.MustCompile(`\b(MAX|MIN)\([^()]*,`),
	"REPLACE":                regexp.MustCompile(`\bREPLACE\b`),
	"SELECT *":               regexp.MustCompile(`SELECT \*`),
	"lower-case or ? holder": regexp.MustCompile(`(?m)= \?`),
}

var sqlText = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER)\b`)

func TestSQLIsOneTextForBothDatabases(t *testing.T) {
	seen := 0
	for path, f := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(path))
		if strings.HasSuffix(dir, "internal/search") || strings.HasSuffix(dir, "internal/testdb") || strings.HasSuffix(dir, "bench") {
			continue // SQLite alone; tests alone
		}
		if base := filepath.Base(path); strings.HasSuffix(dir, "internal/db") && (base == "postgres.go" || base == "sqlite.go") {
			continue // what truly differs
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || !sqlText.MatchString(strings.Trim(lit.Value, "`\"")) {
				return true
			}
			seen++
			for what, form := range forbiddenSQL {
				if form.MatchString(lit.Value) {
					t.Errorf("%s: %s in SQL", fset.Position(lit.Pos()), what)
				}
			}
			return true
		})
		for _, i := range f.Imports {
			if strings.Contains(i.Path.Value, "jmoiron/sqlx") && !strings.HasSuffix(dir, "internal/db") {
				t.Errorf("%s imports sqlx: only internal/db and internal/search hold it", path)
			}
		}
	}
	if seen < 80 {
		t.Fatalf("only %d SQL texts found", seen)
	}
}

// oneDatabase is what may stand in a file for one database.
var oneDatabase = regexp.MustCompile(`^(CREATE( OR REPLACE)? (TRIGGER|FUNCTION)|CREATE INDEX \w+ ON \w+ USING hash )`)

func TestMigrationsAreOneText(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "migrations", "*.sql"))
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(file, ".sqlite.") || strings.Contains(file, ".postgres.") {
			for _, statement := range regexp.MustCompile(`(?m)^(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE)\b.*`).FindAllString(string(raw), -1) {
				if !oneDatabase.MatchString(statement) {
					t.Errorf("%s: a file for one database holds triggers and hash indexes alone: %s", file, statement)
				}
			}
			continue
		}
		for _, what := range []string{"SERIAL", "now()", "REPLACE", "JSON operator"} {
			if forbiddenSQL[what].Match(raw) {
				t.Errorf("%s: %s", file, what)
			}
		}
	}
}
