"""What the embedded engine has stored, and how to do it harm: small objects stand in the database, large ones in files."""
import contextlib
import sqlite3

LARGE = 64 * 1024 + 1


def _database(data):
    return contextlib.closing(sqlite3.connect(data / "agent2-ingestor.db", timeout=30))


def objects(data):
    """The keys of all objects."""
    with _database(data) as database:
        return [key.decode() for key, in database.execute("SELECT key FROM objects ORDER BY key")]


def key_of(data, ending):
    return next(key for key in objects(data) if key.endswith(ending))


def _row(database, key):
    return database.execute("SELECT body, file FROM objects WHERE key = ?", [key.encode()]).fetchone()


def file_of(data, key):
    """The file of a large object."""
    with _database(data) as database:
        return data / "objects" / "objects" / (_row(database, key)[1].decode() + ".object")


def forget(data, key):
    """As if there had never been an object of that name."""
    with _database(data) as database, database:
        database.execute("DELETE FROM objects WHERE key = ?", [key.encode()])


def age(data, seconds):
    """Makes all objects older. The server is stopped."""
    with _database(data) as database, database:
        database.execute("UPDATE objects SET modified_at = modified_at - ?", [seconds * 1000])


def flip(data, key, at=0):
    """Turns a bit of an object, wherever it stands."""
    with _database(data) as database, database:
        body, file = _row(database, key)
        if file is None:
            content = bytearray(database.execute("SELECT bytes FROM object_bodies WHERE id = ?", [body]).fetchone()[0])
            content[at] ^= 1
            database.execute("UPDATE object_bodies SET bytes = ? WHERE id = ?", [bytes(content), body])
            return
    path = file_of(data, key)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
