import { descriptors } from './descriptor.ts'

/** Offers that are written by a command. */
export const SELL_ERRORS = descriptors({
  NO_OFFER: {
    code: 'OBOL-L001',
    title: 'there is no such offer',
    exitCode: 1,
    hint: 'obol validate',
    explanation:
      'No file of the workspace has an offer of that name and namespace. Offers that are only in the cluster are not edited by a command.',
  },
  AMBIGUOUS: {
    code: 'OBOL-L002',
    title: 'several offers have that name',
    exitCode: 64,
    explanation: 'Offers of different namespaces may have one name. --namespace says which is meant.',
  },
  NOTHING_TO_CHANGE: {
    code: 'OBOL-L003',
    title: 'no field was given',
    exitCode: 64,
    explanation: 'An update changes what its flags name, and nothing else. Without a flag there is nothing to do.',
  },
  MISSING_TERMS: {
    code: 'OBOL-L004',
    title: 'an offer needs more than that',
    exitCode: 64,
    explanation:
      'A new offer needs to say what is sold, at what price, and who is paid. What is missing is named, with the flag that says it.',
  },
  CONTRADICTION: {
    code: 'OBOL-L005',
    title: 'flags contradict each other',
    exitCode: 64,
    explanation:
      'Two flags say different things about one field, such as two prices, or a registration and none. Nobody can know which of them is meant.',
  },
  FILE_TAKEN: {
    code: 'OBOL-L006',
    title: 'the file for the offer is taken',
    exitCode: 1,
    explanation:
      'A new offer gets a file of its own name, and there is one already, with something else in it. It is not overwritten.',
  },
  NOT_CUT: {
    code: 'OBOL-L008',
    title: 'the offer cannot be cut out of its file',
    exitCode: 1,
    hint: 'obol apply --prune',
    explanation:
      'The file has more than this offer, and is written so that taking one document out could change another. Take the offer out by hand; an apply with --prune then deletes its objects.',
  },
  OTHER_TYPE: {
    code: 'OBOL-L007',
    title: 'the offer is of another type',
    exitCode: 1,
    explanation:
      'An offer of that name is there, and sells something else. Nothing turns one into the other: delete it first, or choose another name.',
  },
})
