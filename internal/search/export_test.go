package search

// Forget empties what texts have found, so that a benchmark asks anew.
func Forget(e *Embedded) {
	e.found.mu.Lock()
	defer e.found.mu.Unlock()
	e.found.held = nil
}
