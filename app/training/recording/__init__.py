"""The recording of a run: a folder with a declaration of columns and a memory-mapped file of rows, one a step.

The trainer appends; anyone may read at any time without a lock, from any process, also after a crash.
"""

from app.training.recording.layout import STATISTICS, RecordedLayer, RecordedWeight, RecordingMeta
from app.training.recording.reader import Recording
from app.training.recording.writer import RecordingWriter

__all__ = ["STATISTICS", "RecordedLayer", "RecordedWeight", "Recording", "RecordingMeta", "RecordingWriter"]
