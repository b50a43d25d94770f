#pragma once
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/shm.h>

// Segment and two named semaphores in one. Throws the name of the call that failed.
class Ipc
{
public:
	enum Mode { Create, Open };
	static const int Key = 5678;
	static const int Size = 27;

	explicit Ipc(Mode mode) : m_mode(mode)
	{
		try {
			for (int i = 0; i < 2; ++i) {
				m_sem[i] = mode == Create ? sem_open(name(i), O_CREAT | O_EXCL, 0600, 0) : sem_open(name(i), 0);
				if (m_sem[i] == SEM_FAILED)
					throw "sem_open";
			}
			m_id = shmget(Key, Size, mode == Create ? IPC_CREAT | IPC_EXCL | 0600 : 0);
			if (m_id == -1)
				throw "shmget";
			m_memory = shmat(m_id, 0, 0);
			if (m_memory == (void*)-1)
				throw "shmat";
		}
		catch (const char*) {
			int e = errno;
			cleanUp();
			errno = e;
			throw;
		}
	}

	~Ipc() { cleanUp(); }

	char* memory() { return static_cast<char*>(m_memory); }

	void post(int i)
	{
		if (sem_post(m_sem[i]) != 0)
			throw "sem_post";
	}

	void wait(int i)
	{
		while (sem_wait(m_sem[i]) != 0)
			if (errno != EINTR)
				throw "sem_wait";
	}

private:
	Ipc(const Ipc&);

	static const char* name(int i) { return i == 0 ? "/Alphabet.0" : "/Alphabet.1"; }

	void cleanUp()
	{
		if (m_mode != Create)
			return;
		if (m_id != -1)
			shmctl(m_id, IPC_RMID, 0);
		for (int i = 0; i < 2; ++i)
			if (m_sem[i] != SEM_FAILED)
				sem_unlink(name(i));
	}

	Mode m_mode;
	int m_id = -1;
	void* m_memory = 0;
	sem_t* m_sem[2] = {SEM_FAILED, SEM_FAILED};
};
