import { descriptors } from './descriptor.ts'

/** What can go wrong while a plan is carried out. */
export const APPLY_ERRORS = descriptors({
  LOCKED: {
    code: 'OBOL-A001',
    title: 'another apply is running on this workspace',
    exitCode: 1,
    hint: 'obol status',
    retryable: true,
    explanation:
      'Two applies of one workspace would interleave, so the second refuses to start. The lock names the process that holds it; it is taken over by itself when that process no longer exists.',
  },
  OTHER_CLUSTER: {
    code: 'OBOL-A002',
    title: 'the workspace was applied to another cluster',
    exitCode: 6,
    hint: 'obol apply --rebind',
    explanation:
      'A workspace remembers the cluster it was last applied to (the uid of the namespace kube-system, or the certificate authority and URL). A kubeconfig that points elsewhere is more often a mistake than a move. After a rebuild of the cluster, or for a real move, say --rebind once.',
  },
  STATE_UNWRITABLE: {
    code: 'OBOL-A003',
    title: 'the state folder of the workspace cannot be written',
    exitCode: 1,
    hint: 'df -h . && ls -ld state',
    explanation:
      'Every write to the cluster is recorded before it is sent. When the record cannot be written (full disk, no permission) nothing more is sent. Make room and run obol apply again.',
  },
  OBJECT_MOVED: {
    code: 'OBOL-A004',
    title: 'the object changed after the plan, and the plan for it with it',
    exitCode: 3,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'Between reading and writing somebody changed the object in a way that changes what would be done. Nothing was written to it. Run obol apply again to see the new plan.',
  },
  REFUSED_BY_SERVER: {
    code: 'OBOL-A005',
    title: 'the API server refused the object',
    exitCode: 3,
    hint: 'obol plan --verify=server',
    explanation:
      'The API server, or an admission webhook, did not accept the object. Its own words follow. Everything that does not depend on it was applied.',
  },
  NOT_AS_PREDICTED: {
    code: 'OBOL-A006',
    title: 'the stored object is not closed where the plan said so',
    exitCode: 3,
    hint: 'obol plan',
    explanation:
      'After the write, the object holds a key that the offer does not have (for instance a second price). Somebody wrote it in the same moment. Run obol apply at once.',
  },
  BLOCKED: {
    code: 'OBOL-A007',
    title: 'a step that this one needs did not succeed',
    exitCode: 3,
    hint: 'obol apply',
    explanation: 'A failed step blocks the steps that depend on it and nothing else.',
  },
  WAIT_TIMED_OUT: {
    code: 'OBOL-A008',
    title: 'waiting took too long',
    exitCode: 3,
    hint: 'obol apply',
    retryable: true,
    explanation: 'A CustomResourceDefinition of the plan was stored but is not served yet.',
  },
  GONE: {
    code: 'OBOL-A009',
    title: 'the object, its kind or its namespace is gone',
    exitCode: 3,
    hint: 'obol plan',
    retryable: true,
    explanation:
      'The server answered 404 to a write. The object, its namespace or its kind was deleted after the plan.',
  },
  JOURNAL_TOO_NEW: {
    code: 'OBOL-A010',
    title: 'the journal was written by a newer version of obol',
    exitCode: 1,
    hint: 'obol --version',
    explanation:
      'The state folder holds records that this version cannot read. Use the version that wrote them, or a newer one.',
  },
  UNCONFIRMED: {
    code: 'OBOL-A011',
    title: 'the plan was not confirmed',
    exitCode: 6,
    hint: 'obol apply --yes',
    explanation:
      'Nothing is written before the plan is confirmed. Without a terminal there is nobody to ask, so --yes is required.',
  },
  JOURNAL_DAMAGED: {
    code: 'OBOL-A012',
    title: 'the journal is damaged',
    exitCode: 1,
    hint: 'mv state/journal.jsonl state/journal.damaged.jsonl',
    explanation:
      'A complete record of the journal lacks a field that every record of its type has, so the file was edited or overwritten. A record cut short by a kill is no damage. Nothing is sent. The journal may be moved away: the cluster says what is applied, and the next apply binds the workspace to its cluster anew.',
  },
  IDENTITY_NO_PLACE: {
    code: 'OBOL-A013',
    title: 'the cluster has no place for the AgentIdentity x402/default',
    exitCode: 3,
    hint: 'kubectl get namespace x402',
    retryable: true,
    explanation:
      'The agentId is written to the AgentIdentity x402/default, for which the namespace x402 and the CustomResourceDefinition agentidentities.obol.org must exist; the stack brings both. The registration itself is done, and the next apply writes its id.',
  },
  IDENTITY_BAD_ID: {
    code: 'OBOL-A014',
    title: 'the agentId is not a decimal number of at most 78 digits',
    exitCode: 3,
    hint: 'obol plan',
    explanation:
      'The id of a token of the identity registry is a decimal number below 2^256. Anything else is not written to the cluster, since the controller would serve it.',
  },
  IDENTITY_UNREADABLE: {
    code: 'OBOL-A015',
    title: 'the AgentIdentity x402/default is not laid out as one',
    exitCode: 3,
    hint: 'kubectl get agentidentities.obol.org default --namespace=x402 --output=yaml',
    explanation:
      'Its status.registrations is not a list of objects, so that what it says of other chains could be lost by writing to it. Nothing was written.',
  },
})
