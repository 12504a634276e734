package catalog

import "slices"

// Garments and fabrics that a piece may be filed under, beside any other
// lower-case word; these have translations.
var (
	Garments = []string{"kurta", "saree", "dupatta", "suit", "stole", "blouse", "lehenga", "shirt", "cushion", "tablecloth", "quilt", "potli", "earrings", "necklace", "bangles"}
	Fabrics  = []string{"cotton", "muslin", "georgette", "chiffon", "silk", "organza", "velvet", "linen", "brass"}
)

// Stages are the steps of making a piece that a wage is usually named by; each has a
// translation, and any other lower-case word may stand beside them.
var Stages = []string{"cutting", "block_printing", "tracing", "embroidery", "applique", "setting", "enamelling", "washing", "tailoring", "finishing", "polishing", "ironing"}

// techniques are the stitches and works of each craft (FACTS 5.1 and 5.2).
var techniques = map[string][]string{
	"chikan":   {"tepchi", "bakhiya", "hool", "phanda", "murri", "jaali", "ghas_patti", "keel", "kangan", "pechni", "ghana_patti", "katao", "daraz"},
	"zardozi":  {"dabka", "kora", "naqshi", "salma", "sitara", "badla", "mukaish", "gota"},
	"applique": {"phool_patti", "khatao"},
	"kundan":   {"jadai", "meenakari"},
}

// TechniquesOf are the techniques of a craft, each of which has a translation.
func TechniquesOf(craft string) []string { return slices.Clone(techniques[craft]) }
