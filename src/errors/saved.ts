import { descriptors } from './descriptor.ts'

/** What can be wrong with a saved plan, and with applying one. */
export const SAVED_ERRORS = descriptors({
  BROKEN: {
    code: 'OBOL-V001',
    title: 'the file is not a saved plan, or was changed after it was saved',
    exitCode: 1,
    hint: 'obol plan --out plan.json',
    explanation:
      'A saved plan is one JSON document whose id is the SHA-256 of everything else in it. The file is no such document, lacks something, or its content does not have that id. Save the plan anew.',
  },
  FORMAT: {
    code: 'OBOL-V002',
    title: 'the plan was saved in a format that this version does not know',
    exitCode: 1,
    hint: 'obol plan --out plan.json',
    explanation:
      'The first number of formatVersion is another one than this version of obol writes. Use the version that saved the plan, or save it anew.',
  },
  USED: {
    code: 'OBOL-V003',
    title: 'the saved plan was applied already',
    exitCode: 5,
    hint: 'obol plan',
    explanation:
      'A saved plan is good for one apply, whether that came to its end or not: the journal of the workspace has its id. What is left to do is in a new plan.',
  },
  STALE: {
    code: 'OBOL-V004',
    title: 'the saved plan is stale',
    exitCode: 5,
    hint: 'obol plan --out plan.json',
    explanation:
      'Something that the plan was made from has changed since: a file, an object or its owners, a schema, or the state of a chain. Each change is listed. Nothing was applied. Plan again and have that plan reviewed.',
  },
  MOVED: {
    code: 'OBOL-V005',
    title: 'objects of the saved plan were written since, but not in what the plan relies on',
    exitCode: 5,
    hint: 'obol apply --plan PLAN --allow-unrelated',
    explanation:
      'The resourceVersion of an object is another one than when the plan was saved, and yet the plan would do the same to it: for instance only its status moved. --allow-unrelated accepts that, and nothing else.',
  },
  NO_KEY: {
    code: 'OBOL-V006',
    title: 'the key is missing that tells whether files with secrets have changed',
    exitCode: 1,
    hint: 'OBOL_PLAN_KEY=… obol apply --plan PLAN',
    explanation:
      'Files that hold a secret are recorded in a saved plan by a keyed hash only. The key is $OBOL_PLAN_KEY, or state/plan.key of the workspace where the plan was saved; here is another one. Give both places the same OBOL_PLAN_KEY.',
  },
  FROM_SNAPSHOT: {
    code: 'OBOL-V007',
    title: 'a plan from a snapshot cannot be applied',
    exitCode: 6,
    hint: 'obol plan --out plan.json',
    explanation:
      'The plan was made from a snapshot, so nobody knows what the cluster is like now. It can be shown and reviewed; to apply, plan against the cluster.',
  },
  STDIN: {
    code: 'OBOL-V008',
    title: 'a plan of standard input cannot be saved',
    exitCode: 64,
    hint: 'obol plan --out plan.json FILE',
    explanation: 'Applying a saved plan reads its files again, which is not possible for standard input.',
  },
})
