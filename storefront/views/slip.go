package views

// paperLanguages are those that papers for artisans are printed in, each in its
// own letters; Urdu also while the pages have none.
var paperLanguages = []struct{ code, name string }{{"hi", "हिन्दी"}, {"ur", "اردو"}, {"en", "English"}}
