"""What a team would write first: FastAPI, one durable SQLite row and one outbox row a job."""
import os
import sqlite3
import time
import uuid

from fastapi import FastAPI
from pydantic import BaseModel


class File(BaseModel):
    file_key: str
    filename: str | None = None


class Submit(BaseModel):
    job_name: str | None = None
    files: list[File]


app = FastAPI()
db = sqlite3.connect(os.environ["BENCH_DB"], check_same_thread=False, isolation_level=None)
for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
    db.execute(f"PRAGMA {pragma}")
db.execute("CREATE TABLE IF NOT EXISTS jobs(id TEXT PRIMARY KEY, status TEXT, created INTEGER, body TEXT) WITHOUT ROWID")
db.execute("CREATE TABLE IF NOT EXISTS outbox(seq INTEGER PRIMARY KEY, job_id TEXT, type TEXT, body TEXT)")


@app.get("/health")
async def health():
    return {"status": "healthy"}


@app.post("/upload/process-s3-files", status_code=202)
async def submit(request: Submit):
    job_id, body = str(uuid.uuid4()), request.model_dump_json()
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO jobs VALUES(?,'queued',?,?)", (job_id, time.time_ns(), body))
    db.execute("INSERT INTO outbox(job_id, type, body) VALUES(?,?,?)", (job_id, "Document Processing Required", body))
    db.execute("COMMIT")
    return {"job_id": job_id, "status": "queued", "files_count": len(request.files), "message": "Job created"}
