import { descriptors } from './descriptor.ts'

/** What can be wrong with the version of the files that a plan is compared with. */
export const GIT_ERRORS = descriptors({
  GIT_MISSING: {
    code: 'OBOL-B001',
    title: 'git could not be started',
    exitCode: 1,
    hint: 'git --version',
    explanation: 'The base of a plan is read with the git command, which must be in PATH.',
  },
  NOT_A_REPOSITORY: {
    code: 'OBOL-B002',
    title: 'the workspace is not in a git repository',
    exitCode: 1,
    hint: 'git status',
    explanation:
      'A base is a commit of the repository that holds the workspace folder. The folder is in none, or in a bare one.',
  },
  NOT_TRUSTED: {
    code: 'OBOL-B003',
    title: 'git does not trust the repository, because it belongs to another user',
    exitCode: 1,
    hint: 'git config --global --add safe.directory "$PWD"',
    explanation:
      'git reads a repository of another user only where safe.directory of the user or of the machine names it. In a container, a checkout often belongs to another user; variables GIT_… of the environment are not passed on.',
  },
  UNKNOWN_REF: {
    code: 'OBOL-B004',
    title: 'there is no such commit',
    exitCode: 1,
    hint: 'git branch --all',
    explanation:
      'The base must be something that git can resolve to a commit: a branch, a tag, a hash, or one of these with three dots behind it for the commit where HEAD branched off.',
  },
  SHALLOW: {
    code: 'OBOL-B005',
    title: 'the clone is shallow and does not reach the base',
    exitCode: 1,
    hint: 'git fetch --unshallow',
    explanation:
      'A shallow clone holds the last commits only. Fetch more: `git fetch --deepen=100 origin main`, or `fetch-depth: 0` for actions/checkout and `GIT_DEPTH: 0` for GitLab.',
  },
  NO_MERGE_BASE: {
    code: 'OBOL-B006',
    title: 'the base and HEAD have no commit in common',
    exitCode: 1,
    hint: 'git log --oneline --graph --all',
    explanation:
      'With three dots behind it, the base is the commit where HEAD branched off; these two histories never met. Without the dots the commit itself is the base.',
  },
  BAD_REF: {
    code: 'OBOL-B007',
    title: 'this cannot be a base',
    exitCode: 64,
    hint: 'obol plan --base origin/main',
    explanation: 'A base does not begin with a hyphen, is not empty, and has no control characters.',
  },
  OBJECTS_MISSING: {
    code: 'OBOL-B008',
    title: 'the clone lacks files of the base',
    exitCode: 1,
    hint: 'git fetch --refetch --no-filter origin',
    explanation:
      'In a partial clone git would fetch files when they are asked for. Planning does not open connections on its own account, so they must be there already.',
  },
  BASE_TOO_LARGE: {
    code: 'OBOL-B009',
    title: 'the base holds too many or too large files',
    exitCode: 1,
    hint: 'git ls-tree -r -l HEAD',
    explanation:
      'At most 50,000 files and 256 MiB of the base are read. Keep offers in a folder of their own, and name it under spec.offers of obol.yaml.',
  },
  GIT_FAILED: {
    code: 'OBOL-B010',
    title: 'git failed',
    exitCode: 1,
    hint: 'git fsck',
    explanation: 'git ended with an error that is not known here, or took more than a minute. Its own words are shown.',
  },
  BASE_UNREADABLE: {
    code: 'OBOL-B020',
    title: 'the base cannot be read: everything is shown as new',
    exitCode: 1,
    explanation:
      'The files of the base have mistakes, so that what the base would do is not known. The plan is shown as if the base were empty; it is complete, but drift is not told from the change.',
  },
  BASE_ABSENT: {
    code: 'OBOL-B021',
    title: 'the workspace is not in the base: everything is new',
    exitCode: 1,
    explanation: 'The folder or its obol.yaml does not exist in the commit that the plan is compared with.',
  },
  BASE_INCOMPLETE: {
    code: 'OBOL-B022',
    title: 'a file of the base was left out',
    exitCode: 1,
    explanation:
      'A link that leaves the repository or leads nowhere, a submodule, or a file of more than 10 MiB cannot be read from a commit. What it would bring is shown as new.',
  },
})
