import { descriptors } from './descriptor.ts'

/** Rules of the house, and those of CRDs. */
export const POLICY_ERRORS = descriptors({
  VIOLATED: {
    code: 'OBOL-Y001',
    title: 'a policy of the workspace forbids this',
    exitCode: 6,
    hint: 'obol plan',
    explanation:
      'A rule in policies/ does not hold for the offer or for the plan. The message names the policy and the rule. Nothing is applied until the offer, or the policy, is another one.',
  },
  NOT_EVALUATED: {
    code: 'OBOL-Y002',
    title: 'a policy could not be evaluated',
    exitCode: 6,
    hint: 'obol validate',
    explanation:
      'The expression of a rule failed for an offer or a plan: it asks for a field that is not there, or compares values of different types. What cannot be checked is refused. Guard optional fields with has(…) or with when.',
  },
  MALFORMED: {
    code: 'OBOL-Y003',
    title: 'a policy has a mistake',
    exitCode: 1,
    hint: 'obol validate',
    explanation:
      'A file in policies/ is no Policy, or an expression of it is no valid CEL: a syntax error, an unknown variable or field, operands of different types, or a result of another type than bool (check, when) or string (messageExpression).',
  },
  CRD_RULE: {
    code: 'OBOL-Y004',
    title: 'the object breaks a validation rule of its kind',
    exitCode: 1,
    explanation:
      'The CustomResourceDefinition of the kind has a rule (x-kubernetes-validations) that the object would not meet once it is stored. The API server would refuse it; nothing is sent.',
  },
  CRD_RULE_UNKNOWN: {
    code: 'OBOL-Y005',
    title: 'rules of a kind could not be checked',
    exitCode: 1,
    explanation:
      'A rule of a CustomResourceDefinition (x-kubernetes-validations) uses something that obol does not evaluate, or gives an error. Nothing is refused for that: the API server decides when the object is applied; obol plan --verify=server asks it beforehand.',
  },
  UNREADABLE: {
    code: 'OBOL-Y006',
    title: 'policies have mistakes, so nothing is applied',
    exitCode: 6,
    hint: 'obol validate',
    explanation:
      'A file in policies/ cannot be read or has a mistake, so nobody knows what it would forbid. The mistakes are listed with their places. Nothing is applied until they are put right.',
  },
})
