import { descriptors } from './descriptor.ts'

/** What can be wrong with a plan. The codes stand in diagnostics and in errors alike. */
export const PLAN_ERRORS = descriptors({
  KIND_NOT_SERVED: {
    code: 'OBOL-P001',
    title: 'the cluster does not serve this kind',
    exitCode: 1,
    hint: 'kubectl api-resources',
    explanation:
      'The kind of a desired object is neither served by the cluster nor defined by a CustomResourceDefinition in the workspace. For ServiceOffer: install the Obol Stack, or its CRDs.',
  },
  OBJECT_TERMINATING: {
    code: 'OBOL-P002',
    title: 'the object is being deleted',
    exitCode: 1,
    hint: 'obol plan',
    retryable: true,
    explanation:
      'A deletion of the live object is under way and waits for its finalizers. It is created anew once it is gone; until then nothing is written to it.',
  },
  NAMESPACE_TERMINATING: {
    code: 'OBOL-P003',
    title: 'the namespace is being deleted',
    exitCode: 1,
    hint: 'kubectl get namespace',
    retryable: true,
    explanation: 'Nothing can be created in a namespace that is being deleted.',
  },
  UNDECIDED_CONFLICT: {
    code: 'OBOL-P004',
    title: 'another owner holds a field with another value',
    exitCode: 4,
    hint: 'obol plan --take PATH | --yield PATH',
    explanation:
      'A field that the offer sets is owned by another field manager with another value. Decide per field: take it (our value, our ownership), yield it (their value, we stop claiming it) or share it (their value, owned by both). Put the decision into the offer under fieldDecisions, or give it on the command line.',
  },
  OTHER_WORKSPACE: {
    code: 'OBOL-P005',
    title: 'the object belongs to another workspace',
    exitCode: 4,
    hint: 'obol plan --take \'metadata.labels["offers.obol.org/workspace"]\'',
    explanation:
      'The label offers.obol.org/workspace of the live object names another workspace. Two workspaces that apply the same object would undo each other. Take the label to move the object into this one.',
  },
  INVALID_OBJECT: {
    code: 'OBOL-P006',
    title: 'the object does not fit the schema of its kind',
    exitCode: 1,
    explanation:
      'The API server would refuse the object: a field is unknown, has the wrong type, or a list item has no key.',
  },
  NULL_STORED: {
    code: 'OBOL-P007',
    title: 'a field would become null where null is not allowed',
    exitCode: 1,
    explanation:
      'Removing all keys of a mapping leaves null, which the API server refuses unless the schema says nullable. Keep at least one key, or remove the mapping itself.',
  },
  PRUNE_CEILING: {
    code: 'OBOL-P008',
    title: 'more objects would be deleted than the ceiling allows',
    exitCode: 6,
    hint: 'obol plan --prune --max-prune N',
    explanation:
      'Pruning is limited to 3 objects or 10 % of what the workspace owns, whichever is more, so that a wrong path does not delete a shop. Raise spec.prune in obol.yaml or approve a number with --max-prune.',
  },
  YIELD_REFUSED: {
    code: 'OBOL-P009',
    title: 'yielding this field would leave two prices live',
    exitCode: 4,
    hint: 'obol plan --take PATH',
    explanation:
      "Another owner's price key beside ours means that buyers may be charged either price. It can only be nulled out, or the offer's own price taken away.",
  },
  NOT_CLOSED: {
    code: 'OBOL-P010',
    title: 'a closed subtree would keep a key that the offer does not have',
    exitCode: 1,
    hint: 'obol why PATH',
    explanation:
      'The prediction still holds a key, for instance a second price, that could not be nulled out. Nothing is written to the object.',
  },
  TRACKING_BROKEN: {
    code: 'OBOL-P011',
    title: 'the managedFields of the live object cannot be read',
    exitCode: 1,
    hint: 'kubectl get -o yaml --show-managed-fields',
    explanation:
      'An entry of metadata.managedFields is malformed, so that ownership cannot be predicted. Reset it with a patch that sets managedFields to [{}].',
  },
  UNUSED_DECISION: {
    code: 'OBOL-P012',
    title: 'a decision on the command line matches no conflict',
    exitCode: 64,
    explanation:
      'The path given to --take, --yield or --share is not in conflict in this plan. Look at obol plan for the exact path.',
  },
  NO_SUCH_FIELD: {
    code: 'OBOL-P013',
    title: 'no object of the plan has this field',
    exitCode: 1,
    hint: 'obol plan',
    explanation: 'The path is neither in a desired nor in a live object of the plan.',
  },
  NAMESPACE_MISSING: {
    code: 'OBOL-P014',
    title: 'the namespace is not there',
    exitCode: 1,
    hint: 'kubectl get namespaces',
    retryable: true,
    explanation:
      'The agentId of an identity is written to AgentIdentity x402/default. The namespace x402 comes with the stack and is not created by a plan; the next plan after it is there writes the agentId.',
  },
  PREDICTION_DIFFERS: {
    code: 'OBOL-P020',
    title: "the prediction differs from the server's dry-run",
    exitCode: 1,
    hint: 'kubectl get mutatingwebhookconfigurations,mutatingadmissionpolicies',
    explanation:
      'With --verify=server each apply is also sent as a dry-run. What the server would store differs from what the plan says: an admission webhook or policy changed the object, or the prediction has a defect.',
  },
  NOT_PREVIEWED: {
    code: 'OBOL-P021',
    title: 'not previewed by the dry-run',
    exitCode: 1,
    explanation:
      'A dry-run stores nothing, so what needs an earlier write cannot be tried: an apply after a transfer of ownership, an object in a namespace or of a kind that the same plan creates.',
  },
  SERVER_REFUSES: {
    code: 'OBOL-P022',
    title: 'the server refuses the object in a dry-run',
    exitCode: 1,
    hint: 'kubectl get validatingwebhookconfigurations,validatingadmissionpolicies',
    explanation:
      'With --verify=server the apply was sent as a dry-run, and validation, a rule of the CRD or admission refused it. The words are those of the server.',
  },
})
