// Package meilitest is a Meilisearch server for tests, as its description and its
// manual say it behaves: tasks are taken on, queued and carried out in order, an
// index is made by the first document sent to it, filters and sorts are refused
// unless the settings allow them, and a server that was stopped goes on with its
// queue when it starts again. It can be told to be away, slow, to fail tasks, to
// carry them out late, and to lose answers after doing what was asked. Every
// exchange is kept, so that a test can hold it against the description.
//
// Of the ranking it imitates: words matched as typed, as a beginning (the last
// word, unless a space follows) and with typos (their number bounded by the word's
// length, one at the first letter counting twice; none in attributes and numbers
// where they are disabled), matchingStrategy all, and the rules words, typo,
// attributeRank, sort, exactness and attribute:asc or desc. Not imitated, and
// refused where a request asks for it: phrases, excluded words, proximity,
// synonyms, other strategies, geography and vectors; and never tried: words
// divided in two or two written as one, which a real server also finds.
package meilitest
