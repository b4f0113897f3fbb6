import { descriptors } from './descriptor.ts'

/** What can go wrong while a plan is carried out. */
export const APPLY_ERRORS = descriptors({
  locked: {
    code: 'OBOL-A001',
    title: 'Another apply is running on this workspace',
    exitCode: 1,
    hint: 'obol status',
    retryable: true,
    explanation:
      'Two applies of one workspace would interleave, so the second refuses to start. The lock names the process that holds it; it is taken over by itself when that process no longer exists.',
  },
  otherCluster: {
    code: 'OBOL-A002',
    title: 'The workspace was applied to another cluster',
    exitCode: 6,
    hint: 'obol apply --rebind',
    explanation:
      'A workspace remembers the cluster it was last applied to (the uid of the namespace kube-system, or the certificate authority and URL). A kubeconfig that points elsewhere is more often a mistake than a move. After a rebuild of the cluster, or for a real move, say --rebind once.',
  },
  stateUnwritable: {
    code: 'OBOL-A003',
    title: 'The state folder of the workspace cannot be written',
    exitCode: 1,
    hint: 'df -h . && ls -ld state',
    explanation:
      'Every write to the cluster is recorded before it is sent. When the record cannot be written (full disk, no permission) nothing more is sent. Make room and run obol apply again.',
  },
  objectMoved: {
    code: 'OBOL-A004',
    title: 'The object changed after the plan, and the plan for it with it',
    exitCode: 3,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'Between reading and writing somebody changed the object in a way that changes what would be done. Nothing was written to it. Run obol apply again to see the new plan.',
  },
  refusedByServer: {
    code: 'OBOL-A005',
    title: 'The API server refused the object',
    exitCode: 3,
    hint: 'obol plan --verify=server',
    explanation:
      'The API server, or an admission webhook, did not accept the object. Its own words follow. Everything that does not depend on it was applied.',
  },
  notAsPredicted: {
    code: 'OBOL-A006',
    title: 'The stored object is not closed where the plan said so',
    exitCode: 3,
    hint: 'obol plan',
    explanation:
      'After the write, the object holds a key that the offer does not have (for instance a second price). Somebody wrote it in the same moment. Run obol apply at once.',
  },
  blocked: {
    code: 'OBOL-A007',
    title: 'A step that this one needs did not succeed',
    exitCode: 3,
    hint: 'obol apply',
    explanation: 'A failed step blocks the steps that depend on it and nothing else.',
  },
  waitTimedOut: {
    code: 'OBOL-A008',
    title: 'Waiting took too long',
    exitCode: 3,
    hint: 'obol apply',
    retryable: true,
    explanation: 'A CustomResourceDefinition of the plan was stored but is not served yet.',
  },
  gone: {
    code: 'OBOL-A009',
    title: 'The object, its kind or its namespace is gone',
    exitCode: 3,
    hint: 'obol plan',
    retryable: true,
    explanation:
      'The server answered 404 to a write. The object, its namespace or its kind was deleted after the plan.',
  },
  journalTooNew: {
    code: 'OBOL-A010',
    title: 'The journal was written by a newer version of obol',
    exitCode: 1,
    hint: 'obol --version',
    explanation:
      'The state folder holds records that this version cannot read. Use the version that wrote them, or a newer one.',
  },
  unconfirmed: {
    code: 'OBOL-A011',
    title: 'The plan was not confirmed',
    exitCode: 6,
    hint: 'obol apply --yes',
    explanation:
      'Nothing is written before the plan is confirmed. Without a terminal there is nobody to ask, so --yes is required.',
  },
  journalDamaged: {
    code: 'OBOL-A012',
    title: 'The journal is damaged',
    exitCode: 1,
    hint: 'mv state/journal.jsonl state/journal.damaged.jsonl',
    explanation:
      'A complete record of the journal lacks a field that every record of its type has, so the file was edited or overwritten. A record cut short by a kill is no damage. Nothing is sent. The journal may be moved away: the cluster says what is applied, and the next apply binds the workspace to its cluster anew.',
  },
})
