/**
 * A file of the workspace as the repository knows it: below the prefix, with `/`, without `.` and empty parts. An absolute
 * path stays what it is.
 */
export function repositoryPath(file: string, prefix = ''): string {
  const path = file.replaceAll('\\', '/')
  if (path.startsWith('/')) return path
  return [...prefix.split('/'), ...path.split('/')].filter((part) => part !== '' && part !== '.').join('/')
}
