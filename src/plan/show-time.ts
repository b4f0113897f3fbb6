const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The day of a time as people say it, in UTC: `20 Nov`, with the year when it is not that of `now`. Both RFC 3339. */
export function showDay(time: string, now: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`
  return date.getUTCFullYear() === new Date(now).getUTCFullYear() ? day : `${day} ${date.getUTCFullYear()}`
}
