/** A moment as people write it down, in the zone of their machine: `2026-03-10` and `14:05`. */
export interface LocalTime {
  date: string;
  time: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The minute that holds the instant. */
export function localTimeOf(ms: number): LocalTime {
  const at = new Date(ms);
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

/** Milliseconds since the epoch; undefined where either is not whole. */
export function instantOf({ date, time }: LocalTime): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^\d{2}:\d{2}$/.test(time)) return undefined;
  const ms = new Date(`${date}T${time}:00`).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}
