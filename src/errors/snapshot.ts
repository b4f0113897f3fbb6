import { descriptors } from './descriptor.ts'

/** What can be wrong with a snapshot of a cluster, and with a plan that is made from one. */
export const SNAPSHOT_ERRORS = descriptors({
  UNREADABLE: {
    code: 'OBOL-T001',
    title: 'the snapshot cannot be read',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation: 'The file that --snapshot names does not exist, is a folder, or may not be read.',
  },
  NOT_A_SNAPSHOT: {
    code: 'OBOL-T002',
    title: 'the file is no snapshot',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation: 'A snapshot is one gzip file that holds one JSON document of kind ObolSnapshot.',
  },
  TRUNCATED: {
    code: 'OBOL-T003',
    title: 'the snapshot ends too early',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation: 'The gzip stream has no end: the file was not written or copied as a whole. Nothing of it is used.',
  },
  TOO_LARGE: {
    code: 'OBOL-T004',
    title: 'the snapshot is too large',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation:
      'Unpacked it would take more than 1 GiB, or more than one text may hold. No snapshot is that large: the file was made to exhaust the memory of whoever reads it.',
  },
  DAMAGED: {
    code: 'OBOL-T005',
    title: 'the snapshot is damaged',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation:
      'The checksum does not fit, or a field is missing or of another type; the first such field is named. Nothing of the file is used.',
  },
  NEWER_VERSION: {
    code: 'OBOL-T006',
    title: 'the snapshot has a format that this release does not know',
    exitCode: 1,
    hint: 'obol --version',
    explanation:
      'The number before the dot of formatVersion is raised when a field goes or changes its meaning. Take the snapshot with the release that plans from it.',
  },
  OTHER_WORKSPACE: {
    code: 'OBOL-T007',
    title: 'the snapshot was taken for another workspace',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation:
      'A snapshot holds what the offers of one workspace (spec.id in obol.yaml) need, and which objects are theirs. A plan of another workspace from it would be wrong.',
  },
  FUTURE: {
    code: 'OBOL-T008',
    title: 'the snapshot was taken in the future',
    exitCode: 1,
    hint: 'date --utc',
    explanation:
      'Its time is more than five minutes ahead of the clock of this machine: one of the two clocks is wrong, so its age is not known.',
  },
  OLD: {
    code: 'OBOL-T009',
    title: 'the snapshot is old',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation:
      'It is more than a day old. The plan says what would have changed then; what somebody did in the cluster since is not in it.',
  },
  OUT_OF_SCOPE: {
    code: 'OBOL-T010',
    title: 'the plan needs what is not in the snapshot',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation:
      'A snapshot holds the kinds that offers are compiled to and those of the workspace, in all namespaces where the user may list them. What was not looked at is never taken for absent. Take a wider snapshot with --namespace or --include.',
  },
  NOT_RECORDED: {
    code: 'OBOL-T011',
    title: 'an object that the plan wants exists and is not in the snapshot',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation:
      'Of objects that were nobody’s business when the snapshot was taken only the names are recorded. A new offer or manifest now has the name of one of them, so its content is needed.',
  },
  READ_ONLY: {
    code: 'OBOL-T012',
    title: 'a snapshot can only be read',
    exitCode: 1,
    hint: 'obol apply',
    explanation: 'What is planned from a snapshot is applied to the cluster itself, from a plan of its own.',
  },
  SECRETS_UNCOMPARED: {
    code: 'OBOL-T013',
    title: 'secret values cannot be compared with a snapshot',
    exitCode: 1,
    hint: 'OBOL_PLAN_KEY="$(cat state/plan.key)" obol plan --snapshot cluster.snapshot.json.gz',
    explanation:
      'In place of each secret the snapshot has a token made with a key that is not at hand, so nobody can tell whether the value changes. Give the key of the workspace where the snapshot was taken ($OBOL_PLAN_KEY, or state/plan.key).',
  },
  OTHER_KEY: {
    code: 'OBOL-T014',
    title: 'the key at hand is not the one that the snapshot was made with',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation: 'Tokens of two keys cannot be compared, so the secrets of the snapshot are as without a key.',
  },
  NO_ANSWER: {
    code: 'OBOL-T015',
    title: 'the snapshot has no answer of the chain for this',
    exitCode: 1,
    hint: 'obol snapshot --out cluster.snapshot.json.gz',
    explanation:
      'Chains are read and calls are simulated when the snapshot is taken. A pull request that wants another identity or other metadata asks what nobody asked then; the plan from the cluster itself will.',
  },
  KEY_UNUSABLE: {
    code: 'OBOL-T016',
    title: 'the key of the tokens cannot be used',
    exitCode: 1,
    hint: 'ls -l state/plan.key',
    explanation:
      'The tokens that stand for secrets in snapshots and saved plans are made with the key in $OBOL_PLAN_KEY, else in state/plan.key: 64 hexadecimal digits, in a file of mode 0600. A key that cannot be read or written is not replaced, since its tokens could not be compared any more.',
  },
})
