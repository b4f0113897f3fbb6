import { descriptors } from './descriptor.ts'

/** What can be wrong with the comment of a pull request. */
export const FORGE_ERRORS = descriptors({
  UNREACHABLE: {
    code: 'OBOL-F001',
    title: 'the hosting service cannot be reached',
    exitCode: 1,
    retryable: true,
    hint: 'obol review --no-comment',
    explanation:
      'A request to the API of the hosting service failed, or was answered by 429 or 5xx several times. The plan is in the files and in the log all the same.',
  },
  REFUSED: {
    code: 'OBOL-F002',
    title: 'the hosting service refused a request',
    exitCode: 1,
    hint: 'obol review --no-comment',
    explanation:
      'The API answered with an error that is no matter of rights: the request was not understood, or the pull request is gone.',
  },
  UNLIKE: {
    code: 'OBOL-F003',
    title: 'the hosting service gave an answer that is none',
    exitCode: 1,
    hint: 'obol review --no-comment',
    explanation: 'The answer is not the JSON that the API describes. Check the address of the API.',
  },
  NO_PULL_REQUEST: {
    code: 'OBOL-F004',
    title: 'this job is not about a pull request',
    exitCode: 64,
    hint: 'obol review --no-comment --base REF',
    explanation:
      'Neither the event of GitHub nor the variables of GitLab name a pull request, so there is nothing to comment on and no base. Run it for pull requests, or give --base and --no-comment.',
  },
})
