// Paths followed link by link: what a checkout's links lead to stays inside of it.
//
// A project is the nearest folder, upwards, with ddbgen.yaml or .git. A link in it is
// the checkout's word, not the user's: it is followed inside of its project and nowhere
// else, and what lies outside is not even looked at. So neither contents nor names nor
// whether something is there can be learnt through it.
#ifndef DDB_BASE_FOLLOW_H
#define DDB_BASE_FOLLOW_H

#include <stdbool.h>

struct arena;

enum follow_result {
    FOLLOW_OK,
    FOLLOW_ERRNO,   // errno says why; *real is what could not be looked at
    FOLLOW_OUTSIDE, // it leads out of the project
    FOLLOW_GIT,     // it leads to git's own files
};

struct followed {
    const char *real; // absolute, without links, ".." and "."; in the arena. Of one of
                      // our own descriptors, by a name of the system's that the user
                      // wrote (/dev/stdin, <(...)), FOLLOW_DESCRIPTORS and its number
    const char *link; // the first link that was a checkout's, as the path spells it;
                      // NULL: there was none
    bool is_folder;
};

#define FOLLOW_DESCRIPTORS "/dev/fd/"

// The nearest folder from `folder` (absolute, without links) upwards with ddbgen.yaml
// or .git. NULL: there is none.
const char *follow_project(const char *folder, struct arena *arena);

// True when a path is the folder root or in it; neither has links.
bool follow_holds(const char *root, const char *real);

// Follows what a file in `folder` names: nothing of it may leave root or be git's. Both
// are absolute and without links, and root holds folder.
enum follow_result follow_inside(struct followed *out, const char *folder,
                                 const char *root, const char *path,
                                 struct arena *arena);

// Follows what the user names, which may lie anywhere. Links of a checkout have to stay
// in it: those of a project, those below the current folder, and the named file itself;
// unless all_links.
enum follow_result follow_named(struct followed *out, const char *path, bool all_links,
                                struct arena *arena);

#endif
